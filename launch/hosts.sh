# shellcheck shell=bash
# Examines hosts through ssh; sourced by launch/cluster.

read -ra ssh_options <<<"${OMPI_MCA_plm_rsh_args:-}"
# A host without power or network ends the run within 15 s; by default that takes eight minutes.
ssh_options+=(-o ServerAliveInterval=5 -o ServerAliveCountMax=2)

is_here() {
    local address
    [[ $1 == localhost || $1 == "$(hostname)" ]] && return 0
    address=$(getent ahosts "$1" | awk 'NR == 1 { print $1 }')
    [[ " 127.0.0.1 127.0.1.1 ::1 $(hostname -I) " == *" ${address:-?} "* ]]
}

# Runs on each host: `answer PROGRAM RANKS THREADS JOB`. Lines of the answer are marked, so that login messages are ignored.
# shellcheck disable=SC2016 # expanded on the host
examination='
answer() {
    command -v orted >/dev/null || echo "problem has no Open MPI in the PATH that ssh gives: apt-get install openmpi-bin"
    if [ ! -x "$1" ]; then
        echo "problem has no program at $1: share the file system, or copy it there with rsync -aL"
    else
        missing=$(ldd "$1" 2>/dev/null | sed -n "s/ => not found//p" | tr -d "\t" | tr "\n" " ")
        [ -z "$missing" ] || echo "problem misses libraries that the program needs, install them as on this machine: $missing"
    fi
    [ -z "$4" ] || end_leftovers "$4"
    examine_host "$2" "$3"
}
answer "$@" | sed "s/^/lockstep: /"'

# examine HOST RANKS: prints the host's answer.
examine() {
    local host=$1 here=(bash -s -- "$program" "$2" "$threads" "${job:-}") limit connect
    limit=${LOCKSTEP_LOGIN_SECONDS:-$((generation > 0 ? 5 : 10))}
    # At a restart a host that is gone costs this time; a lost packet is sent again after one second.
    connect=${LOCKSTEP_LOGIN_SECONDS:-$((generation > 0 ? 3 : 10))}
    if is_here "${host#*@}"; then
        "${here[@]}"
    elif [[ -n ${is_allocated:-} ]]; then
        timeout "$limit" srun --overlap --mpi=none -N 1 -n 1 -w "$host" "${here[@]}" 2>&1 ||
            echo "lockstep: problem does not start a step of Slurm within $limit s"
    else
        # ssh hands the command to a shell: quote it for that one.
        timeout "$limit" ssh "${ssh_options[@]}" -o BatchMode=yes -o ConnectTimeout="$connect" -- "$host" "$(printf '%q ' "${here[@]}")" 2>&1 ||
            echo "lockstep: problem does not answer ssh within $limit s; it must let 'ssh $host true' in without a question"
    fi < <(cat -- "$repository/launch/host.sh" && printf '%s\n' "$examination")
}

# read_answer INDEX FILE: sets `cores` and `slots` of the host and `backing`, and shows its problems; fails if it has any.
read_answer() {
    local index=$1 file=$2 host=${hosts[$1]} line answer healthy=true
    cores[index]=0
    while IFS= read -r line; do
        [[ $line == "lockstep: "* ]] || continue
        # The answer of a host is only shown, as one line without control characters.
        answer=${line#lockstep: }
        answer=${answer//[^[:print:]]/?}
        answer=${answer:0:500}
        case $answer in
        "problem "*)
            say "$host ${answer#problem }"
            healthy=false
            ;;
        "note "*) say "$host: ${answer#note }" ;;
        "backing /"*) backing=${answer#backing } ;;
        "cores "*) if is_count "${answer#cores }"; then cores[index]=${answer#cores }; fi ;;
        esac
    done < <(head -c 20000 "$file")
    if ((cores[index] == 0)) && [[ $healthy == true ]]; then
        line=$(head -c 300 "$file" | head -n 1)
        say "$host does not say how many cores it has, but: ${line//[^[:print:]]/?}"
        healthy=false
    fi
    # one rank for each core, where the hostfile does not say
    if ((slots[index] == 0 && cores[index] > 0)); then
        slots[index]=$((cores[index] > threads ? cores[index] / threads : 1))
    fi
    [[ $healthy == true ]]
}

# Examines all hosts in parallel; sets `ready` to the indices of those that can start ranks.
check_hosts() {
    local reports index examinations=()
    reports=$(mktemp -d) || fail "cannot make a temporary folder: set TMPDIR to one that can be written to"
    for index in "${!hosts[@]}"; do
        examine "${hosts[index]}" "$((slots[index] > 0 ? slots[index] : 1))" >"$reports/$index" &
        examinations+=($!)
    done
    wait "${examinations[@]}" || true
    ready=()
    for index in "${!hosts[@]}"; do
        if read_answer "$index" "$reports/$index"; then ready+=("$index"); fi
    done
    rm -r -- "$reports"
}
