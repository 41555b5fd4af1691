"""The pretend company: repeatable, hostile where it should be, and right where others count on it."""

from __future__ import annotations

import itertools
import subprocess
import sys
import unicodedata
from collections import Counter

import phonenumbers
import pytest
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from mock_backends.world.names import HOSTILE_NAMES, REGIONS
from mock_backends.world.phones import PLANS
from mock_backends.world.world import World

NOW = 1_800_000_000.0


@pytest.fixture(scope="module")
def world() -> World:
    return World(7, NOW)


def test_same_seed_same_world_and_another_seed_another(world: World) -> None:
    twin = World(7, NOW)
    twin.people()  # the order of asking must not matter
    ids = [customer.id for customer in world.customers()][:300]
    assert [twin.history(each) for each in reversed(ids)] == [world.history(each) for each in reversed(ids)]
    assert twin.customers() == world.customers()
    assert twin.companies() == world.companies()
    assert twin.people() == world.people()
    assert [twin.presence(each.id) for each in twin.people()] == [world.presence(each.id) for each in world.people()]
    assert World(8, NOW).customers() != world.customers()


def test_every_time_moves_with_now(world: World) -> None:
    later = World(7, NOW + 1000)
    for before, after in zip(world.customers()[:500], later.customers()[:500], strict=True):
        assert after.since - before.since == pytest.approx(1000)
        assert [c.at + 1000 for c in before.consents] == pytest.approx([c.at for c in after.consents])
        old, new = world.history(before.id), later.history(after.id)
        assert old is not None and new is not None
        assert [e.at + 1000 for e in old.timeline] == pytest.approx([e.at for e in new.timeline])


def test_ids_are_unique_and_lookups_find_them(world: World) -> None:
    assert len(world.customers()) >= 10_000
    assert all(world.customer(each.id) is each for each in world.customers())
    assert len({each.id for each in world.customers()}) == len(world.customers())
    assert all(world.person(each.id) is each for each in world.people())
    assert all(world.agent(each.id) is each for each in world.agents())
    assert all(world.queue(each.id) is each for each in world.queues())
    assert (
        world.customer("x") is world.person("x") is world.agent("x") is world.queue("x") is world.history("x") is None
    )
    cases = [case.id for each in world.customers() for case in (world.history(each.id) or pytest.fail()).cases]
    assert len(set(cases)) == len(cases) > 5_000


def test_every_number_is_valid_and_reads_the_same_as_it_is_written(world: World) -> None:
    regions, ways = set(), Counter[str]()
    for customer in world.customers():
        for phone in customer.phones:
            number = phonenumbers.parse(phone.e164)
            assert phonenumbers.is_valid_number(number), phone
            read = phonenumbers.parse(phone.written, phone.region)
            assert phonenumbers.format_number(read, PhoneNumberFormat.E164) == phone.e164, phone
            assert (read.extension or "") == phone.extension
            regions.add(phone.region)
            ways.update({sign for sign in phone.written if not sign.isdigit()} or {"plain"})
    assert len(regions) >= 25 and {plan.region for plan in PLANS} == regions == set(REGIONS)
    assert set("+/() .-x") | {"plain"} <= set(ways)


def test_a_number_belongs_to_at_most_three_customers_and_some_share(world: World) -> None:
    holders = Counter(phone.e164 for each in world.customers() for phone in {p.e164: p for p in each.phones}.values())
    assert set(holders.values()) == {1, 2, 3}
    assert sum(n > 1 for n in holders.values()) > 100
    switchboards = {company.switchboard.e164 for company in world.companies()}
    assert any(holders[number] > 1 for number in switchboards)
    assert sum(each.withheld for each in world.customers()) > 100


def test_no_name_attacks_unless_it_was_asked_for(world: World) -> None:
    names = [customer.name for customer in world.customers()]
    assert not set(HOSTILE_NAMES) & set(names)
    assert all(unicodedata.category(sign) not in ("Cc", "Cf", "Co") for name in names for sign in name)
    assert not set("[]<>{}|;=") & set("".join(names))


def test_names_attack_in_every_known_way_where_asked_for(world: World) -> None:
    attacking = World(7, NOW, hostile_names=True)
    names = [customer.name for customer in attacking.customers()]
    assert [one.phones for one in attacking.customers()] == [one.phones for one in world.customers()]
    assert set(HOSTILE_NAMES) <= set(names)
    kinds = {unicodedata.bidirectional(name[0]) for name in names if name.strip()}
    assert {"L", "R", "AL"} <= kinds
    assert any("\N{RIGHT-TO-LEFT OVERRIDE}" in name for name in names)
    assert any("\x1b" in name for name in names) and any("[@click=app.quit]" in name for name in names)
    assert max(map(len, names)) > 1000
    assert any("\u4e00" <= name[0] <= "\u9fff" for name in names if name)


def test_the_people_of_the_demo_are_there(world: World) -> None:
    by_name = {each.name: each for each in world.customers()}
    priya = by_name["Priya Natarajan"]
    assert priya.phones[0].e164 == "+442079460018" and priya.tier == "Platinum"
    history = world.history(priya.id)
    assert history is not None
    late = [each for each in history.promises if each.kept is None and each.due < NOW]
    assert late and "refund" in late[0].text
    assert any(case.status == "open" and case.subject == "duplicate charge" for case in history.cases)
    assert {"J. Ortega", "A. Lind"} <= set(by_name)
    smiths = [each for each in world.customers() if any(p.e164 == "+442079460321" for p in each.phones)]
    assert len(smiths) == 3 and all(each.name.endswith(" Smith") for each in smiths)
    assert all(sum(p.e164 == "+442079460018" for p in each.phones) == (each is priya) for each in world.customers())


@pytest.mark.parametrize("now", [NOW + hour * 3600 for hour in range(0, 24, 5)])
def test_the_refund_specialist_is_free_at_any_hour_and_every_ending_has_somebody(now: float) -> None:
    world = World(1, now)

    def at_work(person_id: str) -> str:
        return next(span.presence for span in world.presence(person_id) if span.start <= now < span.end)

    noor = world.person("noor")
    assert noor is not None and noor.skills["refunds"] == 5 and noor.skills["billing"] == 5
    assert noor.answering == "answers" and noor.reply_after is not None and at_work("noor") == "available"
    endings = {each.answering for each in world.people()}
    assert endings == {"answers", "busy", "no_answer", "declines", "unreachable"}
    assert sum(at_work(each.id) == "available" for each in world.people()) >= 20


def test_presence_has_no_gaps_follows_working_hours_and_changes(world: World) -> None:
    changes = 0
    for person in world.people():
        spans = world.presence(person.id)
        assert spans[0].start <= NOW - 7200 and spans[-1].end >= NOW + 86_400
        for before, after in itertools.pairwise(spans):
            assert before.end == after.start
        assert all(span.start < span.end for span in spans)
        changes += len(spans)
        if not person.steady:
            for span in spans:
                hour = ((span.start + person.utc_offset * 3600) % 86_400) / 3600
                inside = person.works[0] - 1e-6 <= hour < person.works[1] - 1e-6
                assert (span.presence == "offline") == (not inside), (person.id, span, hour)
    assert changes > 1000 and 180 <= len(world.people()) <= 230


def test_histories_hang_together(world: World) -> None:
    channels: set[str] = set()
    kept: set[bool | None] = set()
    for customer in world.customers()[:1500]:
        history = world.history(customer.id)
        assert history is not None
        times = [entry.at for entry in history.timeline]
        assert times == sorted(times, reverse=True) and all(at < NOW for at in times)
        assert {entry.case_id for entry in history.timeline} - {None} <= {case.id for case in history.cases}
        assert all(case.opened_at <= case.updated_at <= NOW for case in history.cases)
        assert all(promise.made_at < promise.due for promise in history.promises)
        assert all(world.agent(case.owner) for case in history.cases)
        channels |= {entry.channel for entry in history.timeline}
        kept |= {promise.kept for promise in history.promises}
    assert channels == {"voice", "chat", "email", "sms", "note"} and kept == {True, False, None}
    consents = {(c.kind, c.granted) for each in world.customers() for c in each.consents}
    assert consents == {(kind, granted) for kind in ("sms", "email", "recording") for granted in (True, False)}


def test_the_floor_can_staff_its_queues_and_rules_differ(world: World) -> None:
    queues, agents = world.queues(), world.agents()
    assert len(queues) >= 6 and len(agents) >= 21 and len({each.id for each in agents}) == len(agents)
    for queue in queues:
        able = [a for a in agents if all(a.skills.get(skill, 0) >= n for skill, n in queue.required.items())]
        assert len(able) >= 3, queue.id
        assert len({code.id for code in queue.codes}) == len(queue.codes) > 0
    assert {(queue.many_codes, queue.code_required) for queue in queues} >= {
        (True, True),
        (False, True),
        (False, False),
    }
    assert min(len(queue.codes) for queue in queues) == 1 and max(len(queue.codes) for queue in queues) > 10
    assert any(code.note_required for queue in queues for code in queue.codes)
    maya = world.agent("maya")
    assert maya is not None and maya.name == "Maya Okafor" and maya.role == "agent"
    assert any(agent.role == "supervisor" for agent in agents)
    assert all(world.person(agent.id) for agent in agents)


def test_needs_nothing_but_the_standard_library_and_builds_only_what_is_asked() -> None:
    program = """
import sys
known = set(sys.stdlib_module_names) | {'mock_backends', '__main__'}
before = {name.partition('.')[0] for name in sys.modules}
from mock_backends.world.world import World
import mock_backends.acd.router
world = World(1)
world.people(), world.customers()
loaded = {name.partition('.')[0] for name in sys.modules} - before - known
print(sorted(name for name in loaded if not name.startswith('_sysconfigdata')))  # zoneinfo asks where zones are kept
lazy = World(1)
lazy.people(), lazy.queues()
print('_customers' in vars(lazy))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.splitlines() == ["[]", "False"]


def test_mobile_and_fixed_numbers_both_occur(world: World) -> None:
    numbers = [phonenumbers.parse(phone.e164) for each in world.customers()[:2000] for phone in each.phones]
    kinds = {phonenumbers.number_type(number) for number in numbers}
    assert {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE} <= kinds


def test_every_contact_can_be_read_and_one_customer_has_more_than_a_page() -> None:
    world = World(seed=3, now=NOW)
    lengths = {}
    for customer in world.customers()[:400]:
        history = world.history(customer.id)
        assert history is not None
        lengths[customer.id] = len(history.timeline)
        assert all(entry.detail.strip() and "{" not in entry.detail for entry in history.timeline)
    assert lengths["C-4102"] > 150
    assert max(length for one, length in lengths.items() if one != "C-4102") < 50
