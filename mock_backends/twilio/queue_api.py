"""The routes of TaskRouter's task queues and workflows."""

from fastapi import Request, Response

from mock_backends.twilio.refusal import gone
from mock_backends.twilio.rest_api import WORKSPACE, RestApi, Text, answered, listed
from mock_backends.twilio.workspace import rest


def add_queues(face: RestApi) -> None:
    """What there is of them, and how they stand."""
    app = face.app

    def mine(workspace: str) -> None:
        if workspace != face.workspace.sid:
            raise gone()

    @app.get(WORKSPACE + "/Workflows/{sid}")
    async def workflow(workspace: str, sid: str) -> Response:
        mine(workspace)
        name = face.workspace.sids.name(sid)
        if name not in face.workspace.centre.board.queues:
            raise gone()
        return answered(rest(face.workspace.workflow(name)))

    @app.get(WORKSPACE + "/TaskQueues")
    async def queues(
        workspace: str,
        request: Request,
        WorkerSid: Text = "",
    ) -> Response:
        mine(workspace)
        board = face.workspace.centre.board
        names = list(face.workspace.agent(WorkerSid).queues) if WorkerSid else list(board.queues)
        return listed("task_queues", request, [rest(face.workspace.queue(name)) for name in names])

    @app.get(WORKSPACE + "/TaskQueues/{sid}/RealTimeStatistics")
    async def statistics(workspace: str, sid: str) -> Response:
        mine(workspace)
        name = face.workspace.sids.name(sid)
        if name not in face.workspace.centre.board.queues:
            raise gone()
        return answered(face.statistics.now(name))

    @app.get(WORKSPACE + "/TaskQueues/{sid}/CumulativeStatistics")
    async def summed(
        workspace: str, sid: str, StartDate: Text = "", Minutes: Text = "", SplitByWaitTime: Text = ""
    ) -> Response:
        mine(workspace)
        name = face.workspace.sids.name(sid)
        if name not in face.workspace.centre.board.queues:
            raise gone()
        return answered(face.statistics.summed(name, StartDate, Minutes, SplitByWaitTime))
