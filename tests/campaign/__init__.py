"""A campaign on the real programs: thousands of wrap-ups on terminals, through every way out, with kills and bad disks.

    python -m tests.campaign --wrap-ups 2000 --kills 500 --power-cuts 50 --jobs 2 --seed 1

Each job has mock servers of its own as a process, a profile with real files, and a desktop on a pty. At the end of each
shift (a few contacts on one store) everything is healed, restarted and sent again; then what the far sides have is
compared with what the agent entered and what the screen had said was saved. `hands.py` alone knows keys and words.
"""
