"""A pytest plug-in for backends in memory: nothing needs to be waited for as long as on a real network."""

from desktop.testing import resilience_contract, stream_contract

resilience_contract.HOST_SECONDS = 0.02
resilience_contract.GRACE = 0.2
stream_contract.LONGEST_SILENCE = 0.5
stream_contract.FIRST_WORD = 0.1
