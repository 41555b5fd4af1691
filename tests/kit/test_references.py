"""The reference backends keep their contracts, every one of them: what fails in a broken one is what was broken."""

from collections.abc import AsyncIterator

import pytest

from desktop.testing.contracts.assist import AssistContract
from desktop.testing.contracts.contact_center import ContactCenterContract
from desktop.testing.contracts.crm import CrmContract
from desktop.testing.contracts.messaging import MessagingContract
from desktop.testing.contracts.presence import PresenceContract
from desktop.testing.contracts.voice import VoiceContract
from desktop.testing.rig import Rig

from .links import Links, LinksRig
from .looks_up_first import LooksUpFirst
from .reference.assist import ReferenceAssistRig
from .reference.contact_center import ReferenceContactCenterRig
from .reference.crm import ReferenceCrmRig
from .reference.line import LineRig
from .reference.messaging import ReferenceMessagingRig
from .reference.past import ReferencePastRig
from .reference.presence import ReferencePresenceRig
from .reference.quality import ReferenceQualityRig
from .reference.supervision import ReferenceSupervisionRig
from .reference.threads import ReferenceThreadsRig
from .reference.voice import ReferenceVoiceRig
from .signs_in import SignsIn, SignsInRig


class _Bring:
    make: type[LineRig]

    @pytest.fixture
    async def rig(self) -> AsyncIterator[Rig]:
        async with self.make() as rig:
            yield rig


class TestReferenceContactCenter(_Bring, ContactCenterContract):
    make = ReferenceContactCenterRig


class TestReferenceQuality(_Bring, ContactCenterContract):
    make = ReferenceQualityRig


class TestReferenceSupervision(_Bring, ContactCenterContract):
    make = ReferenceSupervisionRig


class TestReferenceThreads(_Bring, ContactCenterContract):
    make = ReferenceThreadsRig


class TestReferencePast(_Bring, ContactCenterContract):
    make = ReferencePastRig


class TestReferenceCrm(_Bring, CrmContract):
    make = ReferenceCrmRig


class TestLooksUpFirst(CrmContract):
    @pytest.fixture
    async def rig(self) -> AsyncIterator[Rig]:
        async with ReferenceCrmRig(LooksUpFirst) as rig:
            yield rig


class TestLinks(CrmContract):
    @pytest.fixture
    async def rig(self) -> AsyncIterator[Rig]:
        async with LinksRig(Links) as rig:
            yield rig


class TestSignsIn(CrmContract):
    @pytest.fixture
    async def rig(self) -> AsyncIterator[Rig]:
        async with SignsInRig(SignsIn) as rig:
            yield rig


class TestReferencePresence(_Bring, PresenceContract):
    make = ReferencePresenceRig


class TestReferenceMessaging(_Bring, MessagingContract):
    make = ReferenceMessagingRig


class TestReferenceAssist(_Bring, AssistContract):
    make = ReferenceAssistRig


class TestReferenceVoice(_Bring, VoiceContract):
    make = ReferenceVoiceRig
