#!/bin/sh
# Works one call from ring to wrap-up without the screen. Needs the commands agent and ring (which makes a call come in).
set -eu

field() { # field NAME: that member of the JSON object on stdin
    python3 -c 'import json, sys
value = json.load(sys.stdin)
for name in sys.argv[1].split("."):
    value = value[int(name)] if name.isdigit() else value[name]
print(value)' "$1"
}

agent do available > available.json
now=$(agent state | field as_of)
ring
agent events --follow --after "$now" --type interaction.offered --count 1 > offered.json

id=$(field interaction.id < offered.json)
number=$(field interaction.customer.value < offered.json)
agent customer find --phone "$number" > found.json
customer=$(field 0.customer.id < found.json)
agent customer show "$customer" > customer.json
agent timeline "$customer" > before.json
agent do accept "$id" > accepted.json
until [ "$(agent interactions "$id" | field phase)" = active ]; do :; done

agent people > people.json
expert=$(field 0.person.id < people.json)
agent do hold "$id" > held.json
agent do resume "$id" > resumed.json
agent do consult "$id" --target "person:$expert" > consulting.json
agent do cancel_leg "$id" > back.json
agent do end "$id" > ended.json
code=$(agent state | python3 -c 'import json, sys
state = json.load(sys.stdin)
queue = state["interactions"][0]["queue"]
print(next(c["id"] for c in state["codes"] if not c["queues"] or queue in c["queues"]))')
echo 'Refund agreed. Café ☕' | agent do wrap_up "$id" --code "$code" --customer "$customer" --note-file - > finished.json
agent do not_ready --reason break > break.json
agent timeline "$customer" > after.json
