# shellcheck shell=bash
# Resources of a host, and whether Open MPI can start ranks on it. Sourced, and sent to other hosts: needs no other file.

# is_count TEXT: whether it is a whole number, safe in arithmetic. Other text might be a command.
is_count() { [[ ${1:-} =~ ^(0|[1-9][0-9]{0,14})$ ]]; }

# control_groups CONTROLLER: prints the folder of each control group (cgroup v2 and v1) that this process is in, and of
# those above it.
control_groups() {
    local controller=$1 number names path root point
    while IFS=: read -r number names path; do
        if [[ $number == 0 && -z $names ]]; then
            names=cgroup2
        elif [[ ,$names, == *",$controller,"* ]]; then
            names=cgroup
        else
            continue
        fi
        while read -r root point; do
            # In a container the group's path may begin outside what is mounted.
            if [[ $root != / ]]; then
                if [[ $path/ == "$root"/* ]]; then path=${path#"$root"}; else path=; fi
            fi
            while [[ -n ${path%/} ]]; do
                [[ ! -d $point$path ]] || printf '%s\n' "$point$path"
                path=${path%/*}
            done
            printf '%s\n' "$point"
            break
        done < <(awk -v type="$names" -v controller="$controller" '
            { for (i = 7; i <= NF && $i != "-"; i++); }
            $(i + 1) == type && (type == "cgroup2" || ("," $(i + 3) ",") ~ ("," controller ",")) { print $4, $5 }' \
            /proc/self/mountinfo 2>/dev/null)
    done </proc/self/cgroup 2>/dev/null
}

# Prints the CPU quota of the control groups in processors, rounded up; nothing if they set no limit.
processor_quota() {
    local folder quota period least=
    for folder in $(control_groups cpu); do
        quota=max period=0
        if [[ -r $folder/cpu.max ]]; then
            read -r quota period <"$folder/cpu.max"
        elif [[ -r $folder/cpu.cfs_quota_us && -r $folder/cpu.cfs_period_us ]]; then
            read -r quota <"$folder/cpu.cfs_quota_us"
            read -r period <"$folder/cpu.cfs_period_us"
        fi
        if is_count "$quota" && is_count "$period" && ((quota > 0 && period > 0)); then
            quota=$(((quota + period - 1) / period))
            if [[ -z $least ]] || ((quota < least)); then least=$quota; fi
        fi
    done
    echo "$least"
}

# Prints how many physical cores this process may use, and how many the machine has.
count_cores() {
    local allowed counted cores machine quota
    allowed=$(awk '/^Cpus_allowed_list/ { print $2 }' /proc/self/status)
    counted=$(lscpu -p=CPU,CORE,SOCKET 2>/dev/null | awk -F, -v allowed="$allowed" '
        BEGIN {
            n = split(allowed, runs, ",")
            for (i = 1; i <= n; i++) {
                ends = split(runs[i], run, "-")
                for (cpu = run[1] + 0; cpu <= run[ends] + 0; cpu++) may[cpu]
            }
        }
        /^[0-9]/ && !(($2, $3) in all) { all[$2, $3]; machine++ }
        /^[0-9]/ && ($1 in may) && !(($2, $3) in mine) { mine[$2, $3]; cores++ }
        END { print cores + 0, machine + 0 }') || counted="0 0"
    read -r cores machine <<<"$counted"
    # nproc counts hardware threads, and would take OMP_NUM_THREADS for an answer.
    if ! is_count "$cores" || ((cores == 0)); then
        cores=$(env -u OMP_NUM_THREADS -u OMP_THREAD_LIMIT nproc 2>/dev/null) && is_count "$cores" || cores=1
    fi
    is_count "$machine" || machine=0
    quota=$(processor_quota)
    if [[ -n $quota ]] && ((quota < cores)); then cores=$quota; fi
    echo "$cores $machine"
}

# Prints how many more processes and threads the control groups allow; nothing if they set no limit.
task_quota() {
    local folder most used least=
    for folder in $(control_groups pids); do
        [[ -r $folder/pids.max && -r $folder/pids.current ]] || continue
        read -r most <"$folder/pids.max"
        read -r used <"$folder/pids.current"
        if is_count "$most" && is_count "$used"; then
            most=$((most > used ? most - used : 0))
            if [[ -z $least ]] || ((most < least)); then least=$most; fi
        fi
    done
    echo "$least"
}

# Prints the free space in the file system of a folder, in KiB; 0 if it is unknown.
free_room() {
    local room
    room=$(df -Pk -- "$1" 2>/dev/null | awk 'NR == 2 { print $4 }')
    is_count "$room" || room=0
    echo "$room"
}

# end_leftovers JOB: kills the ranks that earlier starts of the job have left here, and prints a note if there are any.
end_leftovers() {
    local file process number=0
    while IFS= read -r file; do
        process=${file#/proc/}
        if kill -KILL "${process%/environ}" 2>/dev/null; then number=$((number + 1)); fi
    done < <(grep -lzxF -- "LOCKSTEP_JOB=$1" /proc/[0-9]*/environ 2>/dev/null)
    ((number == 0)) || echo "note ended what an earlier start had left running: $number processes"
}

# Some 30 descriptors for mpirun, and 4 for each rank; with fewer it hangs.
needed_files() { echo $((48 + 5 * $1)); }

# raise_limits RANKS: as far as this user may; no further, since some programs close every file that could be open.
raise_limits() {
    local need limit
    need=$(needed_files "$1")
    limit=$(ulimit -Sn)
    if is_count "$limit" && ((limit < need)); then ulimit -Sn "$need" 2>/dev/null || true; fi
}

# examine_host RANKS THREADS: prints `problem TEXT` for each cause of known failures of Open MPI 4.1 with so many ranks,
# `note TEXT` for each that is worked around, `backing FOLDER` if shared memory must be in another folder than /dev/shm,
# and `cores N`.
examine_host() {
    local ranks=$1 threads=$2 name folder parent room need cores limit used
    name=$(hostname 2>/dev/null || uname -n)
    # 57 letters: "stack smashing detected" in mpirun
    if ((${#name} && ${#name} > 56)) && [[ ${name%%.*} =~ ^.{57} ]]; then
        echo "problem the host's name has ${#name} letters, and Open MPI crashes where its first part has more than 56: set a shorter one with hostname"
    fi

    # Open MPI keeps 8.1 MB in its session folder. With less room (tried: 8 MB) mpirun hangs, having printed "OUT-OF-RESOURCE".
    folder=${OMPI_MCA_orte_tmpdir_base:-${TMPDIR:-${TEMP:-${TMP:-/tmp}}}}
    parent=$folder
    while [[ ! -e $parent && $parent == */* ]]; do
        parent=${parent%/*}
        parent=${parent:-/}
    done
    if [[ ! -d $parent || ! -w $parent || ! -x $parent ]]; then
        echo "problem the temporary folder $folder cannot be written to, and Open MPI needs 16 MB there: set TMPDIR to one that can"
    else
        need=16384
        # Each rank maps 4 MB of shared memory. With less mpirun fails with 50 lines, or ranks die of SIGBUS later.
        if [[ -z ${OMPI_MCA_btl_vader_backing_directory:-} ]] && ((ranks > 1)); then
            room=0
            if [[ -d /dev/shm && -w /dev/shm ]]; then room=$(free_room /dev/shm); fi
            if ((room < 5120 * ranks)); then
                need=$((need + 5120 * ranks))
                echo "note /dev/shm has $((room / 1024)) MB free, and Open MPI needs $((5 * ranks)) MB for $ranks ranks: it uses $folder instead"
                echo "backing $folder"
            fi
        fi
        room=$(free_room "$parent")
        if ((room < need)); then
            echo "problem the temporary folder $folder has $((room / 1024)) MB free, and Open MPI needs $(((need + 1023) / 1024)) MB for $ranks ranks: free some, or set TMPDIR to another folder"
        fi
        parent=$folder/ompi.${name%%.*}.$EUID
        if [[ -e $parent ]] && [[ ! -d $parent || ! -w $parent || ! -x $parent || (! -O $parent && $EUID != 0) ]]; then
            echo "problem $parent is in the way of Open MPI's own folder of that name, and is no folder that this user may write to: remove it, or set TMPDIR to another folder"
        fi
    fi

    if [[ -r /proc/net/fib_trie ]] && ! grep -q 'host LOCAL' /proc/net/fib_trie; then
        echo "problem no network interface is up, not even lo, and Open MPI needs one: ip link set lo up"
    fi

    need=$(needed_files "$ranks")
    limit=$(ulimit -Sn)
    if is_count "$limit" && ((limit < need)); then
        echo "problem a process may have $limit files open, and mpirun needs $need for $ranks ranks: raise the limit (ulimit -n)"
    fi

    # mpirun has 4 threads, a rank 2 of Open MPI's and 2 for data and communication besides those that compute.
    need=$((6 + ranks * (4 + threads)))
    limit=$(ulimit -Su)
    if ((EUID)) && is_count "$limit" && used=$(ps -L -U "$EUID" -o lwp= 2>/dev/null | wc -l) && is_count "$used" && ((limit < used + need)); then
        echo "problem this user may have $limit processes and threads and has $used, and $ranks ranks need $need: raise the limit (ulimit -u)"
    fi
    limit=$(task_quota)
    if [[ -n $limit ]] && ((limit < need)); then
        echo "problem the control group of this process lets it start $limit more processes and threads (pids.max), and $ranks ranks need $need: raise that limit"
    fi

    read -r cores _ < <(count_cores)
    echo "cores $cores"
}
