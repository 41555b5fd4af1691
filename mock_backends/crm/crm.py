"""The CRM server: its routes."""

from typing import Annotated

from fastapi import Path, Query

from mock_backends.company.company import Company
from mock_backends.company.records import Records
from mock_backends.http.principals import Principal
from mock_backends.http.problem import forbidden, invalid
from mock_backends.http.service import Caller, Service
from mock_backends.http.site import Site, new_id
from mock_backends.wire.crm import (
    Case,
    CaseAnswer,
    Cases,
    Consent,
    Customer,
    CustomerAnswer,
    Link,
    LinkAnswer,
    Match,
    Matches,
    NewCase,
    NewCustomer,
    Purchases,
    SetConsent,
    Timeline,
    TimelineEntry,
    WrapUpReceipt,
    WrapUpRecord,
    WrapUps,
)

Key = Annotated[str, Path(max_length=200)]
Asked = Annotated[str | None, Query(max_length=500)]
Topic = Annotated[str, Path(pattern=r"^[a-z_]{1,40}$")]


class CrmService(Service):
    """Who the customer is."""

    name = "crm"
    title = "Mock CRM"

    def __init__(self, site: Site) -> None:
        super().__init__(site)
        self.records = Records(site.storage.db)
        company = Company(site)
        self._staff = {principal.id: principal for principal in company.principals()}
        self._names = {one.id: one.name for one in company.everybody()}
        self._fill()
        self._add_finding()
        self._add_reading()
        self._add_writing()
        self._add_wrap_ups()

    def reset(self) -> None:
        """The records of the world, and nothing else."""
        super().reset()
        with self.site.storage.db.atomic():
            self.records.clear()
        self._fill()

    def _fill(self) -> None:
        if self.records.empty():
            with self.site.storage.db.atomic():
                Company(self.site).fill(self.records)

    def _add_finding(self) -> None:
        @self.app.get("/v1/customers", operation_id="find", summary="Find customers by an address or by text")
        async def find(
            caller: Caller,
            phone: Asked = None,
            email: Asked = None,
            handle: Asked = None,
            text: Asked = None,
            limit: Annotated[int, Query(ge=1, le=50)] = 10,
        ) -> Matches:
            asked: list[Match] = []
            if phone is not None:
                asked = self.records.by_address("phone", phone, limit)
            elif email is not None:
                asked = self.records.by_address("email", email, limit)
            elif handle is not None:
                asked = self.records.by_address("handle", handle, limit)
            elif text is not None:
                asked = self.records.by_text(text, limit)
            else:
                raise invalid("Ask for a phone, email, handle or text.")
            return Matches(results=asked)

    def _add_reading(self) -> None:
        app, records = self.app, self.records

        @app.get("/v1/customers/{customer_id}", operation_id="customer", summary="One customer")
        async def customer(caller: Caller, customer_id: Key) -> CustomerAnswer:
            return CustomerAnswer(customer=records.customer(customer_id))

        @app.get("/v1/customers/{customer_id}/timeline", operation_id="timeline", summary="What happened")
        async def timeline(
            caller: Caller,
            customer_id: Key,
            limit: Annotated[int, Query(ge=1, le=200)] = 50,
            before: Annotated[float | None, Query(allow_inf_nan=False)] = None,
        ) -> Timeline:
            records.customer(customer_id)
            return Timeline(entries=[self._named(one) for one in records.timeline(customer_id, limit, before)])

        @app.get("/v1/customers/{customer_id}/cases", operation_id="cases", summary="Their matters")
        async def cases(caller: Caller, customer_id: Key) -> Cases:
            records.customer(customer_id)
            return Cases(cases=records.cases(customer_id))

        @app.get("/v1/customers/{customer_id}/purchases", operation_id="purchases", summary="What they bought")
        async def purchases(caller: Caller, customer_id: Key) -> Purchases:
            records.customer(customer_id)
            return Purchases(purchases=records.purchases(customer_id))

    def _add_writing(self) -> None:
        app, records, clock = self.app, self.records, self.site.clock

        @app.post("/v1/customers", operation_id="create_customer", summary="A new record")
        async def create_customer(caller: Caller, body: NewCustomer) -> CustomerAnswer:
            made = Customer(id=new_id("cus"), name=body.name, addresses=body.addresses)
            records.save(made)
            return CustomerAnswer(customer=made)

        @app.post("/v1/customers/{customer_id}/cases", operation_id="create_case", summary="Open a matter")
        async def create_case(caller: Caller, customer_id: Key, body: NewCase) -> CaseAnswer:
            return CaseAnswer(case=self._open_case(customer_id, body.subject, body.priority, body.text, caller.id))

        @app.put("/v1/customers/{customer_id}/consents/{topic}", operation_id="set_consent", summary="What they allow")
        async def set_consent(caller: Caller, customer_id: Key, topic: Topic, body: SetConsent) -> CustomerAnswer:
            known = records.customer(customer_id)
            said = Consent(topic=topic, granted=body.granted, at=clock.now(), source=body.source)
            known.consents = [*(c for c in known.consents if c.topic != topic), said]
            records.save(known)
            return CustomerAnswer(customer=known)

        @app.put("/v1/links/{interaction_id}", operation_id="link", summary="Whose interaction it is")
        async def link(caller: Caller, interaction_id: Key, body: Link) -> LinkAnswer:
            records.customer(body.customer_id)
            records.link(interaction_id, caller.id, body.customer_id, body.reason)
            return LinkAnswer(interaction_id=interaction_id, customer_id=body.customer_id)

        @app.delete("/v1/links/{interaction_id}", operation_id="unlink", summary="Take a link back")
        async def unlink(caller: Caller, interaction_id: Key) -> LinkAnswer:
            linked_by = records.linked_by(interaction_id)
            theirs = {agent for agent in linked_by if self._may_take_back(caller, agent)}
            if linked_by and not theirs:
                raise forbidden("Somebody else linked it: only they, or their supervisor, may take that back.")
            for agent in theirs:
                records.unlink(interaction_id, agent)
            return LinkAnswer(interaction_id=interaction_id, customer_id=None)

    def _may_take_back(self, caller: Principal, agent: str) -> bool:
        """Whether a link of an agent's is the caller's own, or of somebody they supervise."""
        known = self._staff.get(agent)
        return agent == caller.id or (caller.supervises and known is not None and known.team == caller.team)

    def _add_wrap_ups(self) -> None:
        records = self.records

        @self.app.put("/v1/wrap-ups/{key}", operation_id="put_wrap_up", summary="Write a wrap-up back, once")
        async def put_wrap_up(caller: Caller, key: Key, body: WrapUpRecord) -> WrapUpReceipt:
            if body.key != key:
                raise invalid("The key in the body is not that of the address.")
            # Supervisors, too, write in their own name. An id that is nobody's here is what a contact centre of
            # another make calls the caller.
            if body.agent_id != caller.id and body.agent_id in self._staff:
                raise forbidden("A wrap-up is written by the agent who worked the contact, in nobody else's name.")
            kept = records.wrap_up(key)
            if kept is not None:
                if kept[1] != body:
                    raise invalid("Another record was written under this key.", "key_reused")
                return WrapUpReceipt(key=key, activity_id=kept[0])
            if body.customer_id is not None:
                records.customer(body.customer_id)
            activity_id = new_id("act")
            records.add_wrap_up(activity_id, body)
            if body.customer_id is not None:
                self._show_on_customer(activity_id, body, body.customer_id, caller.id)
            return WrapUpReceipt(key=key, activity_id=activity_id)

        @self.app.get("/v1/wrap-ups", operation_id="wrap_ups", summary="What was written back after an interaction")
        async def wrap_ups(caller: Caller, interaction_id: Annotated[str, Query(max_length=200)]) -> WrapUps:
            return WrapUps(wrap_ups=records.wrap_ups_of(interaction_id))

    def _named(self, entry: TimelineEntry) -> TimelineEntry:
        """An entry as people read it: with the name of whoever it was."""
        return entry.model_copy(update={"agent": self._names.get(entry.agent, entry.agent)})

    def _show_on_customer(self, activity_id: str, record: WrapUpRecord, customer_id: str, agent: str) -> None:
        codes = ", ".join(record.codes)
        self.records.add_entry(
            customer_id,
            TimelineEntry(
                id=activity_id,
                at=record.ended_at,
                channel=record.channel,
                summary=" · ".join(part for part in (record.queue, codes) if part) or "Contact",
                agent=agent,
                detail=record.note,
            ),
        )
        for number, follow_up in enumerate(record.follow_ups):
            if follow_up.kind == "case":
                self._open_case(customer_id, follow_up.text[:300] or "Follow-up", "", "", agent)
            elif follow_up.kind in ("task", "callback"):
                task_id = f"{activity_id}-{number}"
                self.records.add_task(task_id, customer_id, follow_up.due, follow_up.text, follow_up.kind)

    def _open_case(self, customer_id: str, subject: str, priority: str, text: str, owner: str) -> Case:
        customer = self.records.customer(customer_id)
        now = self.site.clock.now()
        case = Case(id=new_id("case"), subject=subject, status="open", opened_at=now, priority=priority, owner=owner)
        self.records.add_case(customer_id, case)
        entry = TimelineEntry(id=case.id, at=now, channel="case", summary=subject, agent=owner, detail=text)
        self.records.add_entry(customer_id, entry)
        self.records.index(customer)
        return case
