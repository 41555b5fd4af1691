"""A campaign on the real programs: thousands of wrap-ups on terminals, through every way out, with kills and bad disks.

    python -m tests.campaign --wrap-ups 2000 --kills 500 --power-cuts 50 --jobs 2 --seed 1
    python -m tests.campaign --written --wrap-ups 600 --kills 600 --power-cuts 0
    python -m tests.campaign --mixed --wrap-ups 1 --kills 0 --power-cuts 0 --jobs 1

The second one is about contacts in writing: replies, drafts, files. The third is an hour of calls, chats, mails and
texts, compressed, worked side by side on one desktop that stays alive.

Each job has mock servers of its own as a process, a profile with real files, and a desktop on a pty. At the end of each
shift (a few contacts on one store) everything is healed, restarted and sent again; then what the far sides have is
compared with what the agent entered and what the screen had said was saved. `hands.py` alone knows keys and words.
"""
