# shellcheck shell=bash
# Reads hostfiles, and rejects lines that Open MPI would misunderstand; sourced by launch/cluster.

# read_hostfile FILE: prints each host with its slots, 0 if it names none. What Open MPI would ignore or misread is refused
# with its line: names with a port, IPv6 addresses, words other than slots=N and max_slots=N.
# CR LF and a byte order mark are accepted. The slots of a host's lines are added up, as Open MPI does.
read_hostfile() {
    LC_ALL=C awk '
        function say(what) {
            gsub(/[^ -~]/, "?", what)
            print "cluster: hostfile, line " NR ": " substr(what, 1, 300) > "/dev/stderr"
        }
        function refuse(what) { if (++failures <= 10) say(what) }
        function number(text) { return text ~ /^[1-9][0-9]*$/ && length(text) <= 4 ? text + 0 : 0 }
        NR == 1 { sub(/^\357\273\277/, "") }
        NR == 1 && /^(\377\376|\376\377)/ { refuse("this is UTF-16; save it as UTF-8"); exit }
        { sub(/\r+$/, ""); sub(/#.*/, ""); gsub(/[ \t\f\v]*=[ \t\f\v]*/, "=") }
        /\r/ { refuse("lines end with a carriage return alone; end them with a line feed"); exit }
        !NF { next }
        {
            name = $1
            host = name
            sub(/^[A-Za-z0-9_][A-Za-z0-9_.-]*@/, "", host)
            if (host ~ /:.*:/) { refuse("\"" name "\" is an IPv6 address; write a name or an IPv4 address, and the ranks as slots=N"); next }
            if (host ~ /:/) { refuse("\"" name "\" has a colon; write the ranks as slots=N, and a port of ssh into ~/.ssh/config"); next }
            if (host ~ /=/) { refuse("\"" name "\" stands where the name of a host should; a line reads: node1 slots=4"); next }
            if (host !~ /^[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?$/ || host ~ /\.\./ || length(host) > 253) {
                refuse("\"" name "\" is no name of a host (letters, digits, - and . between them); a line reads: node1 slots=4")
                next
            }
            slots = 0; most = 0; bad = 0
            for (i = 2; i <= NF && !bad; i++) {
                key = $i; sub(/=.*/, "", key)
                value = $i; if (!sub(/^[^=]*=/, "", value)) value = ""
                n = number(value)
                if (key == "slots" || key ~ /^(max[_-]slots|slots[_-]max)$/) {
                    if (!n) { refuse("\"" $i "\" needs a number from 1 to 9999, such as slots=4"); bad = 1 }
                    else if (key == "slots" ? slots : most) { refuse("\"" key "\" stands twice for " name); bad = 1 }
                    else if (key == "slots") slots = n
                    else most = n
                } else {
                    refuse("\"" $i "\" means nothing to Open MPI here; write " (n && key ~ /^(cpus?|np|cores?|count|ppn|ranks?|tasks?)$/ ? "slots=" n : "slots=N for the number of ranks"))
                    bad = 1
                }
            }
            if (bad) next
            if (most && most < slots) { refuse("max_slots=" most " is less than slots=" slots); next }
            if (!(name in line)) { order[++count] = name; line[name] = NR; total[name] = slots; lines[name] = 1; next }
            if ((slots == 0) != (total[name] == 0)) { refuse(name " stands on line " line[name] " too, and only one of them has slots; write it once, with slots=N"); next }
            lines[name]++
            total[name] += slots
            if (++repeated <= 10) say(name " stands on line " line[name] " too: it gets " (slots ? total[name] : lines[name]) " slots in all")
        }
        END {
            if (failures > 10) print "cluster: hostfile: and " failures - 10 " more lines" > "/dev/stderr"
            if (failures) exit 1
            # Without slots Open MPI gives a host one for each time that it is named, where that is more than once.
            for (i = 1; i <= count; i++) print order[i], (lines[order[i]] > 1 && !total[order[i]] ? lines[order[i]] : total[order[i]])
        }' "$1"
}
