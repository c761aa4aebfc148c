# shellcheck shell=bash
# What the scripts beside this file share; sourced, never run.

repository=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
# Another program in place of this checkout's, for example one installed on a cluster.
program=${LOCKSTEP_PROGRAM:-$repository/.build/release/lockstep}

fail() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# Prints a command so that it can be pasted into a shell.
print_command() {
    local word line=+
    for word in "$@"; do
        [[ $word =~ ^[[:alnum:]_./:=,@%+-]+$ ]] || word=${word@Q}
        line+=" $word"
    done
    printf '%s\n' "$line" >&2
}

# Prints an mpirun command and turns into it: signals and exit code are then mpirun's own.
become() {
    print_command "$@"
    exec "$@" 2> >(exec awk -f "$repository/launch/mpirun-noise.awk" >&2)
}

# Installs what is missing, and builds when a source changed since the last build. `swift build` takes a second or two to
# find out that it has nothing to do, `find` some milliseconds. ctime, unlike mtime, cannot be carried over from elsewhere.
prepare() {
    if [[ -n ${LOCKSTEP_PROGRAM:-} ]]; then
        [[ -x $program ]] || fail "LOCKSTEP_PROGRAM names no program: $program"
        return
    fi
    "$repository/launch/setup" --quiet
    local started=$repository/.build/launch-started built=$repository/.build/release/launch-built changed
    if [[ -x $program && -e $built ]]; then
        changed=$(find "$repository/Package.swift" "$repository/Sources" -cnewer "$built" -print -quit)
        [[ -n $changed ]] || return 0
    else
        echo "building lockstep; the first time takes about a minute" >&2
    fi
    mkdir -p "$repository/.build"
    touch "$started" # a source that changes while the build runs is newer than this
    # From within the checkout: the compiler is told the current directory, and another one would compile all anew.
    print_command cd "$repository"
    print_command swift build -c release --product lockstep
    (cd "$repository" && swift build -c release --product lockstep >&2) || fail "the build failed"
    mv "$started" "$built"
}

# Prints how many physical cores this process may use, and how many the machine has.
count_cores() {
    local allowed counted cores machine quota period
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
    ((cores > 0)) || cores=$(env -u OMP_NUM_THREADS -u OMP_THREAD_LIMIT nproc)
    # A container's share of processor time, when it has one.
    read -r quota period 2>/dev/null </sys/fs/cgroup/cpu.max || quota=max
    if [[ $quota != max ]] && ((quota < cores * period)); then cores=$(((quota + period - 1) / period)); fi
    echo "$cores $machine"
}

# mpirun gives every rank's stdout a pseudo-terminal, whatever its own stdout is: only the launcher knows the truth.
# Sets `columns` to the terminal's width, or to 0 when stdout is no terminal.
measure_terminal() {
    columns=0
    [[ -t 1 ]] || return 0
    read -r _ columns < <(stty -F "/proc/$$/fd/1" size 2>/dev/null) || columns=0
    ((columns > 0)) || columns=80
}

# Sets `common_options`: what mpirun is given on one machine and on many. The last of two that contradict each other wins.
choose_common_options() {
    local extra
    measure_terminal
    # Naming ob1 keeps Open MPI from trying every network library there is: half of its start-up time.
    common_options=(--mca pml ob1)
    # Some containers forbid reading another process's memory. Open MPI finds out anew with each large message, prints
    # "Read -1, expected …", and falls back. Where system calls are filtered at all, do without: at most a fifth slower,
    # and only for what does not go through memory that the ranks share.
    if [[ -z ${OMPI_MCA_btl_vader_single_copy_mechanism:-} ]] && grep -q '^Seccomp:[[:space:]]*2' /proc/self/status; then
        common_options+=(--mca btl_vader_single_copy_mechanism none)
    fi
    if ((EUID == 0)); then common_options+=(--allow-run-as-root); fi
    common_options+=(-x "OMP_NUM_THREADS=${OMP_NUM_THREADS:-1}" -x "LOCKSTEP_TERMINAL=${LOCKSTEP_TERMINAL:-$columns}")
    # More options for mpirun, separated by blanks.
    read -ra extra <<<"${LOCKSTEP_MPIRUN_ARGS:-}"
    common_options+=("${extra[@]}")
}
