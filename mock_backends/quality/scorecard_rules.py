"""Whether answers fit a form, as the server sees it."""

from mock_backends.http.problem import invalid
from mock_backends.wire.quality import Form, FormAnswer, FormQuestion


def check_form(form: Form) -> None:
    """See that every question has an id of its own, and can be answered.

    :raises Problem: 422.
    """
    questions = [question for section in form.sections for question in section.questions]
    if len({question.id for question in questions}) != len(questions) or len(questions) > 100:
        raise invalid("The form has a question twice, or more than 100.")
    for question in questions:
        values = values_of(question)
        if len(values) < 2 or len(set(values)) != len(values):
            raise invalid(f"Question {question.id} cannot be answered.")
        if question.kind == "choice" and not any(option.points for option in question.options):
            raise invalid(f"Question {question.id} has no option with points.")


def check_answers(form: Form, answers: list[FormAnswer]) -> None:
    """See that every question is answered once, with one of its answers, and with a comment where one is wanted.

    :raises Problem: 422.
    """
    given = {answer.question: answer for answer in answers}
    questions = {question.id: question for section in form.sections for question in section.questions}
    if len(given) != len(answers) or set(given) - set(questions):
        raise invalid("There are answers to questions that the form does not have.")
    for question in questions.values():
        answer = given.get(question.id)
        if answer is None:
            raise invalid(f"Question {question.id} is not answered.")
        if answer.value not in values_of(question) and not (question.not_applicable and answer.value == "n/a"):
            raise invalid(f"Question {question.id} has no such answer.")
        if _wants_comment(question, answer.value) and not answer.comment.strip():
            raise invalid(f"The answer to question {question.id} needs a comment.")


def values_of(question: FormQuestion) -> list[str]:
    """What may be answered, without `n/a`."""
    if question.kind == "yes_no":
        return ["yes", "no"]
    if question.kind == "choice":
        return [option.id for option in question.options]
    low, high = sorted((question.worst, question.best))
    return [str(number) for number in range(low, high + 1)] if high - low < 10 else []


def _wants_comment(question: FormQuestion, value: str) -> bool:
    if question.comment == "optional" or value == "n/a":
        return False
    if question.comment == "always":
        return True
    if question.kind == "yes_no":
        return value != question.good
    if question.kind == "scale":
        return value != str(question.best)
    points = {option.id: option.points for option in question.options}
    return points[value] < max(points.values())
