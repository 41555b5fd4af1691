"""A shell with one job: runs a program in front, takes the terminal back when it is stopped, and waits for its end.

`python -m tests.tui.terminal.job_control FILE COMMAND…`: the job's process id is written to FILE, and "stopped" behind
it once the job is in the background. Ends with the job's exit status as a shell has it.
"""

import os
import signal
import sys
from pathlib import Path


def main() -> int:
    """Run the job."""
    file, command = Path(sys.argv[1]), sys.argv[2:]
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    job = os.fork()
    if job == 0:
        os.setpgid(0, 0)
        os.tcsetpgrp(0, os.getpid())
        signal.signal(signal.SIGTTOU, signal.SIG_DFL)
        os.execvp(command[0], command)
    file.write_text(str(job))
    while True:
        _, status = os.waitpid(job, os.WUNTRACED)
        if not os.WIFSTOPPED(status):
            return 128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
        os.tcsetpgrp(0, os.getpgrp())
        file.write_text(f"{job} stopped")


if __name__ == "__main__":
    sys.exit(main())
