"""A real Odoo 19 with its PostgreSQL, empty but for its users: loopback and free ports only, in seconds when cached."""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from tests.real.servers.odoo_template import MODULES, Template, template
from tests.real.servers.server import CannotStart, Server, free_port, program

DATABASE = "desk"
POSTGRES = "postgres"
ROLE = "odoo"  # Odoo refuses to work as PostgreSQL's own user
_INIT_SECONDS = 300.0

# The users: "agent" has what the README asks for and no more, "reader" is any employee, "admin" may do everything.
_MAKE_USERS = """
import datetime
import json

groups = {
    "agent": ["base.group_user", "base.group_partner_manager", "sales_team.group_sale_salesman_all_leads"],
    "reader": ["base.group_user"],
}
users = {"admin": env.ref("base.user_admin")}
for login, names in groups.items():
    ids = [env.ref(name).id for name in names]
    users[login] = env["res.users"].create({"name": login.title(), "login": login, "group_ids": [(6, 0, ids)]})
until = datetime.datetime.now() + datetime.timedelta(days=1)
made = env["res.users.apikeys"]
keys = {login: made.with_user(user)._generate("rpc", "tests", until) for login, user in users.items()}
env.cr.execute("UPDATE res_users_apikeys SET expiration_date = NULL")  # the template is kept for longer
env.cr.commit()
with open(KEYS, "w") as file:
    json.dump(keys, file)
"""


class Odoo(Server):
    """The server at `url`, with the API keys of `admin`, `agent` and `reader` in `keys`."""

    def __init__(self) -> None:
        super().__init__()
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.keys: dict[str, str] = {}
        self._template: Template | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._database: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        _postgres("postgres")  # said at once, not after a minute and a half
        self._template = template(self._set_up)
        self._copy(self._template.folder / "data", self.folder / "pg" / "data")
        shutil.copytree(self._template.folder / "files", self.folder / "files")
        self.keys = json.loads((self._template.folder / "keys.json").read_text())
        self.run_database()
        self.run()

    def stop(self) -> None:
        self.kill()  # first, because PostgreSQL waits for who is connected
        self.stop_database()
        super().stop()

    def run(self) -> None:
        """Start Odoo itself, on the database that is there."""
        self._process = self.spawn(self._words(), env=self._env(), log="odoo.log")
        self.wait_until(self._answers, "Odoo did not come up")

    def run_database(self) -> None:
        """Start PostgreSQL."""
        folder = self.folder / "pg"
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(folder),
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
        }
        words = [_postgres("postgres"), "-D", str(folder / "data")]
        words += [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        self._database = self.spawn(words, user=_other_user(), log="postgres.log")
        self.wait_until(self._database_answers, "PostgreSQL did not come up")

    def stop_database(self) -> None:
        """End PostgreSQL and every connection to it."""
        if self._database is not None:
            self._database.send_signal(signal.SIGINT)  # its own word for not waiting for clients
            self._database.wait(10)
            self.end(self._database)
            self._database = None

    def kill(self, *, hard: bool = True) -> None:
        """End Odoo itself, without a goodbye if `hard`. Its database goes on."""
        if self._process is not None:
            self.end(self._process, hard=hard)
            self._process = None

    def call(self, model: str, method: str, *, user: str = "admin", **arguments: Any) -> Any:
        """Call a method over the server's own API, not through our adapter.

        Raises:
            urllib.error.HTTPError: Odoo refuses it.
        """
        request = urllib.request.Request(
            f"{self.url}/json/2/{model}/{method}",
            json.dumps(arguments).encode(),
            {
                "Authorization": f"Bearer {self.keys[user]}",
                "Content-Type": "application/json",
                "X-Odoo-Database": DATABASE,
            },
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read())

    def create(self, model: str, /, **values: Any) -> int:
        """Make one record as the administrator; answers its number."""
        return int(self.call(model, "create", vals_list=[values])[0])

    def count(self, model: str, *domain: Any) -> int:
        """How many records fulfil all of the domain, archived ones too."""
        return int(self.call(model, "search_count", domain=list(domain), context={"active_test": False}))

    def written(self, key: str) -> list[int]:
        """The messages that the adapter wrote for the wrap-up with this key, found in the table behind the keys."""
        digest = hashlib.sha256(key.encode()).hexdigest()[:40]
        by_id = f"SELECT id FROM mail_message WHERE message_id LIKE '%{digest}%'"
        by_key = f"SELECT res_id FROM ir_model_data WHERE model = 'mail.message' AND name LIKE '%{digest}%'"
        return [int(line) for line in self.sql(f"{by_id} UNION {by_key}").split()]

    def sql(self, statement: str, database: str = DATABASE) -> str:
        """Run a statement in the database itself; answers the rows."""
        words = [_postgres("psql"), "-h", str(self.folder / "pg"), "-U", POSTGRES, "-Atqc", statement, database]
        return subprocess.run(words, check=True, capture_output=True, text=True, timeout=120).stdout

    def psql(self, statement: str) -> "subprocess.Popen[bytes]":
        """Run a statement beside what else happens; end it by ending its backend."""
        words = [_postgres("psql"), "-h", str(self.folder / "pg"), "-U", POSTGRES, "-qc", statement, DATABASE]
        return subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    # How it is made

    def _set_up(self, made: Template) -> None:
        """A new database with the modules and the users in it, moved into the template."""
        self._template = made
        self._init_postgres()
        self.run_database()
        self.sql(f"CREATE ROLE {ROLE} SUPERUSER LOGIN", database=POSTGRES)
        self._once([*self._words(), "-i", MODULES, "--stop-after-init"], "Odoo could not set up its database")
        keys = self.folder / "keys.json"
        script = f"KEYS = {str(keys)!r}\n{_MAKE_USERS}".encode()
        self._once(self._words("shell", "--no-http"), "Odoo could not make its users", script)
        self.stop_database()
        shutil.move(self.folder / "pg" / "data", made.folder / "data")
        shutil.move(self.folder / "files", made.folder / "files")
        shutil.move(keys, made.folder / "keys.json")

    def _init_postgres(self) -> None:
        folder = self._postgres_folder()
        words = [_postgres("initdb"), "-D", str(folder / "data"), "-U", POSTGRES, "-A", "trust", "-E", "UTF8"]
        done = subprocess.run(
            [*words, "--no-locale", "--no-sync"],
            capture_output=True,
            text=True,
            timeout=60,
            user=_other_user(),
            cwd=folder,
            check=False,
        )
        if done.returncode != 0:
            raise CannotStart(f"PostgreSQL made no database: {done.stderr.strip()[-300:]}", "mend PostgreSQL.")

    def _postgres_folder(self) -> Path:
        folder = self.folder / "pg"
        folder.mkdir(exist_ok=True)
        if user := _other_user():
            shutil.chown(folder, user)
        return folder

    def _copy(self, source: Path, target: Path) -> None:
        self._postgres_folder()
        shutil.copytree(source, target)
        target.chmod(0o700)
        if user := _other_user():
            for path in (target, *target.rglob("*")):
                shutil.chown(path, user)

    def _database_answers(self) -> bool:
        words = [_postgres("pg_isready"), "-q", "-h", str(self.folder / "pg"), "-U", POSTGRES]
        return subprocess.run(words, check=False, timeout=10).returncode == 0

    def _words(self, *command: str) -> list[str]:
        assert self._template is not None
        packages = self._template.packages
        options = {
            "config": os.devnull,
            "addons-path": f"{packages}/addons,{packages}/odoo/addons",
            "data-dir": str(self.folder / "files"),
            "db_host": str(self.folder / "pg"),
            "db_user": ROLE,
            "database": DATABASE,
            "http-interface": "127.0.0.1",
            "http-port": str(self.port),
            "workers": "0",
            "max-cron-threads": "0",
        }
        words = [str(self._template.python), "-m", "odoo", *command]
        return [*words, "--no-database-list", *(f"--{name}={value}" for name, value in options.items())]

    def _env(self) -> dict[str, str]:
        assert self._template is not None
        return {"PYTHONPATH": str(self._template.packages), "LANG": "C.UTF-8", "TZ": "UTC", "HOME": str(self.folder)}

    def _once(self, words: list[str], what: str, script: bytes = b"") -> None:
        try:
            done = subprocess.run(
                words,
                input=script,
                env={**os.environ, **self._env()},
                capture_output=True,
                timeout=_INIT_SECONDS,
                cwd=self.folder,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise CannotStart(f"{what}: it took too long.", "run them on a quicker machine.") from error
        if done.returncode != 0 or b"Traceback" in done.stderr:
            told = done.stderr.decode(errors="replace").strip()[-300:]
            raise CannotStart(f"{what}: {told}", "see whether its pinned packages still fit it.")

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/web/health", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False


def _other_user() -> str | None:
    """PostgreSQL does not run as root."""
    return POSTGRES if os.geteuid() == 0 else None


def _postgres(name: str) -> str:
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda one: int(one.parent.name.partition(".")[0]))
    return program(name, "postgresql", *(str(folder) for folder in reversed(folders)))
