"""A real Asterisk: queues, agents' phones, an expert, a supervisor, customers; loopback and free ports only."""

import os
import shutil
import subprocess
from pathlib import Path

from tests.real.servers.asterisk_tree import tree
from tests.real.servers.server import CannotStart, Server, free_port, socket

NOBODY = "nobody"
SPARE_AGENTS = 20
AMI_USER, AMI_SECRET = "desktop", "s3cret-of-the-manager"
PASSWORD = "phone-password"
_RTP_PORTS = 600
_PHONES = ("agent1", "agent2", "expert", "super", "customer", "caller2", "silent")

_AS_PACKAGED = ("indications.conf", "ccss.conf", "udptl.conf", "stasis.conf", "acl.conf", "cdr.conf", "cel.conf")
_MODULES = """[modules]
autoload=yes
noload => chan_iax2.so
noload => chan_unistim.so
noload => chan_console.so
noload => chan_motif.so
noload => chan_ooh323.so
noload => pbx_dundi.so
noload => res_xmpp.so
noload => res_config_pgsql.so
noload => res_config_odbc.so
noload => cdr_pgsql.so
noload => cel_pgsql.so
noload => res_phoneprov.so
noload => res_snmp.so
noload => res_hep.so
noload => res_stun_monitor.so
noload => res_stir_shaken.so
"""

# What the README tells an Asterisk's keeper to configure, and nothing beyond it.
_MANAGER = """[general]
enabled=yes
port={ami}
bindaddr=127.0.0.1
timestampevents=yes
[{user}]
secret={secret}
read=call,agent
write=call,agent,originate
permit=127.0.0.1/255.255.255.255
[trusted]
secret={secret}
read=call,agent
write=call,agent,originate,system
permit=127.0.0.1/255.255.255.255
[reader]
secret={secret}
read=call,agent
write=
permit=127.0.0.1/255.255.255.255
"""

_FEATURES = """[general]
atxferabort=*1
atxfercomplete=*2
atxferthreeway=*3
atxferswap=*4
transferdialattempts=1
atxfernoanswertimeout=5
[featuremap]
atxfer => *7
"""

_QUEUES = """[general]
persistentmembers=no
autofill=yes
log_membername_as_agent=yes
[support]
strategy=rrmemory
timeout=15
retry=1
wrapuptime=2
ringinuse=no
servicelevel=20
[billing](support)
[hasty](support)
timeout=2
[rush](support)
wrapuptime=0
[everyone]
strategy=ringall
timeout=15
retry=1
[contract]
strategy=ringall
timeout=5
retry=1
member => PJSIP/agent2,0,Agent Two
[static](support)
member => PJSIP/agent2,0,Agent Two
"""

_EXTENSIONS = """[general]
[inbound]
exten => support,1,Answer()
 same => n,Set(__CASE=4711)
 same => n,Set(__LANGUAGE_WISH=en)
 same => n,Queue(support,t,,,60)
 same => n,Hangup()
exten => recorded,1,Answer()
 same => n,MixMonitor(${UNIQUEID}.sln48)
 same => n,Queue(support,t,,,60)
 same => n,Hangup()
exten => _call+X.,1,Answer()
 same => n,Set(CALLERID(all)=Ada <${EXTEN:4}>)
 same => n,MixMonitor(${UNIQUEID}.sln48)
 same => n,Queue(contract,t,,,60)
 same => n,Hangup()
exten => _[behrs].,1,Answer()
 same => n,Queue(${EXTEN},t,,,60)
 same => n,Hangup()
[queues]
exten => _[a-z].,1,Queue(${EXTEN},t,,,60)
 same => n,Hangup()
[desk]
exten => 1001,1,Dial(PJSIP/agent1,20)
exten => 1002,1,Dial(PJSIP/agent2,20)
exten => 1050,1,Dial(PJSIP/expert,20)
exten => 1099,1,Dial(PJSIP/super,20)
exten => 1603,1,Dial(PJSIP/spare1,20)
exten => 1404,1,Dial(PJSIP/silent,20)
exten => 1486,1,Busy(1)
exten => _+X.,1,Dial(PJSIP/customer,20)
[phones]
include => desk
include => inbound
"""


class Asterisk(Server):
    """The server. `ami` and `sip` are its ports; phones are `agent1`, `agent2`, `expert`, `super` and `customer`."""

    def __init__(self) -> None:
        super().__init__()
        self.ami = free_port()
        self.sip = free_port(socket.SOCK_DGRAM)
        self.robots = free_port(socket.SOCK_DGRAM)  # where the spare agents' phones are
        self._tree = Path()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._tree = tree()
        self._configure()
        self._run()

    def restart(self, *, hard: bool = False) -> None:
        """End the server, with a goodbye unless `hard`, and start it anew with what it kept on disk."""
        if self._process is not None:
            self.end(self._process, hard=hard)
        self._run()

    def cli(self, command: str) -> str:
        """What the server's own console answers."""
        words = [*self._program(), "-C", str(self.folder / "etc" / "asterisk.conf"), "-rx", command]
        return subprocess.run(words, capture_output=True, text=True, timeout=20, check=False).stdout

    def set_secret(self, secret: str) -> None:
        """Change the manager users' secret, for whoever signs in from now on."""
        (self.folder / "etc" / "manager.conf").write_text(self._manager(secret))
        self.cli("manager reload")

    def channels(self) -> list[str]:
        """The names of the channels that there are now."""
        lines = self.cli("core show channels concise").splitlines()
        return [line.partition("!")[0] for line in lines if "!" in line]

    def recorded(self, channel: str) -> bytes:
        """What the recording of a channel holds: samples of 16 bits, 48,000 a second. It is written a bit behind."""
        return (self.folder / "var" / "spool" / "monitor" / f"{channel}.sln48").read_bytes()

    def _run(self) -> None:
        user = NOBODY if os.geteuid() == 0 else None
        words = [*self._program(), "-f", "-C", str(self.folder / "etc" / "asterisk.conf")]
        self._process = self.spawn(words, user=user, log="asterisk.log")
        self.wait_until(lambda: self.listening(self.ami), "Asterisk did not open its manager port")
        self.wait_until(lambda: "fully booted" in self.cli("core waitfullybooted"), "Asterisk did not come up")

    def _program(self) -> list[str]:
        """The server by the tree's own loader, so that it needs neither root nor a changed root."""
        loaders = [*self._tree.glob("lib64/ld-linux-*.so.*"), *self._tree.glob("lib/ld-linux-*.so.*")]
        if not loaders:
            raise CannotStart("The tree of Asterisk has no loader for this kind of machine.", "remove it.")
        folders = [self._libraries(), *self._tree.glob("lib/*-linux-gnu")]
        path = ":".join(str(folder) for folder in folders)
        return [str(loaders[0]), "--library-path", path, str(self._tree / "usr" / "sbin" / "asterisk")]

    def _libraries(self) -> Path:
        return next(self._tree.glob("usr/lib/*/asterisk")).parent

    def _configure(self) -> None:
        etc, own = self.folder / "etc", self.folder / "var"
        etc.mkdir()
        for name in ("lib", "db", "spool", "log", "run", "keys"):
            (own / name).mkdir(parents=True)
        modules = self._libraries() / "asterisk" / "modules"
        data = self._tree / "usr" / "share" / "asterisk"
        (own / "lib" / "documentation").symlink_to(data / "documentation")
        directories = {
            "astetcdir": etc,
            "astmoddir": modules,
            "astvarlibdir": own / "lib",
            "astdbdir": own / "db",
            "astkeydir": own / "keys",
            "astdatadir": own / "lib",
            "astagidir": data / "agi-bin",
            "astspooldir": own / "spool",
            "astrundir": own / "run",
            "astlogdir": own / "log",
        }
        lines = "".join(f"{name} => {path}\n" for name, path in directories.items())
        options = "[options]\nnocolor=yes\ndontwarn=yes\ntransmit_silence=yes\nhideconnect=yes\n"
        files = {
            "asterisk.conf": f"[directories]\n{lines}{options}",
            "modules.conf": _MODULES,
            "logger.conf": "[general]\n[logfiles]\nconsole => warning,error\n",
            "manager.conf": self._manager(AMI_SECRET),
            "rtp.conf": self._rtp(),
            "pjsip.conf": self._pjsip(),
            "queues.conf": _QUEUES,
            "extensions.conf": _EXTENSIONS,
            "features.conf": _FEATURES,
            "musiconhold.conf": f"[default]\nmode=files\ndirectory={own / 'lib' / 'moh'}\n",
        }
        for name in _AS_PACKAGED:
            shutil.copy(self._tree / "etc" / "asterisk" / name, etc / name)
        for name, text in files.items():
            (etc / name).write_text(text)
        # The tree's own link goes by way of the machine's root, where no sounds are; without them no transfer begins.
        sounds = next((path for path in (data / "sounds").iterdir() if path.is_dir() and not path.is_symlink()), None)
        (own / "lib" / "sounds").mkdir()
        if sounds is not None:
            (own / "lib" / "sounds" / "en").symlink_to(sounds)
        (own / "lib" / "moh").mkdir()
        if os.geteuid() == 0:
            for path in (own, *own.rglob("*")):
                if not path.is_symlink():
                    shutil.chown(path, NOBODY)

    def _manager(self, secret: str) -> str:
        return _MANAGER.format(ami=self.ami, user=AMI_USER, secret=secret)

    def _rtp(self) -> str:
        first = free_port(socket.SOCK_DGRAM) & ~1
        first = min(first, 65000 - _RTP_PORTS)
        return f"[general]\nrtpstart={first}\nrtpend={first + _RTP_PORTS}\nstrictrtp=no\n"

    def _pjsip(self) -> str:
        text = f"""[global]
type=global
endpoint_identifier_order=username,ip,anonymous
[udp]
type=transport
protocol=udp
bind=127.0.0.1:{self.sip}
[phone](!)
type=endpoint
transport=udp
disallow=all
allow=ulaw
direct_media=no
rtp_symmetric=yes
media_address=127.0.0.1
device_state_busy_at=1
context=phones
[place](!)
type=aor
max_contacts=1
remove_existing=yes
qualify_frequency=0
[anonymous](phone)
context=inbound
"""
        for number, name in enumerate(_PHONES, start=1):
            text += f"[{name}](phone)\nauth={name}\naors={name}\ncallerid={name.title()} <10{number:02}>\n"
            text += f"[{name}]\ntype=auth\nauth_type=userpass\nusername={name}\npassword={PASSWORD}\n[{name}](place)\n"
        for number in range(1, SPARE_AGENTS + 1):
            name = f"spare{number}"
            text += f"[{name}](phone)\naors={name}\n"
            text += f"[{name}]\ntype=aor\ncontact=sip:{name}@127.0.0.1:{self.robots}\nqualify_frequency=0\n"
        return text
