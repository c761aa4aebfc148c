# shellcheck shell=bash
# Functions of the launch scripts; sourced, never run.

# The checkout. A symbolic link to a script is resolved; else the path is used as given, since another host may know it by
# that name only.
repository=${BASH_SOURCE[1]}
if [[ -L $repository ]]; then repository=${BASH_SOURCE[0]}; fi
repository=$(CDPATH='' cd -- "$(dirname -- "$repository")/.." && pwd)
# The program to start: this checkout's lockstep, or another one, such as a user's own LockstepProgram.
program=${LOCKSTEP_PROGRAM:-$repository/.build/release/lockstep}
# In an unpacked archive of launch/package the program is there already.
if [[ -z ${LOCKSTEP_PROGRAM:-} && -x $repository/bin/lockstep ]]; then program=$repository/bin/lockstep; fi

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

fail() {
    say "$*"
    exit 1
}

# shellcheck source=launch/host.sh
source "$repository/launch/host.sh"
# shellcheck source=launch/build.sh
source "$repository/launch/build.sh"
# shellcheck source=launch/placement.sh
source "$repository/launch/placement.sh"
# shellcheck source=launch/run-directory.sh
source "$repository/launch/run-directory.sh"
# shellcheck source=launch/restarts.sh
source "$repository/launch/restarts.sh"
# Without HOME mpirun crashes for a user who has no name.
[[ -n ${HOME:-} ]] || export HOME=/

# Prints a command so that it can be pasted into a shell.
print_command() {
    local word line=+
    for word in "$@"; do
        [[ $word =~ ^[[:alnum:]_./:=,@%+-]+$ ]] || word=${word@Q}
        line+=" $word"
    done
    printf '%s\n' "$line" >&2
}

# Prints an mpirun command and executes it in place of this shell: signals and exit code are mpirun's own.
become() {
    print_command "$@"
    exec "$@" 2> >(exec bash "$repository/launch/mpirun-noise" >&2)
}

# Cases that mpirun rejects with 25 lines of text, or by hanging.
check_launcher() {
    command -v mpirun >/dev/null || fail "no mpirun in PATH: install Open MPI 4.1 (apt-get install openmpi-bin), or add its folder to PATH"
    [[ -z ${OMPI_UNIVERSE_SIZE:-} ]] || fail "this is a rank of mpirun already, which starts no other mpirun: run this script without mpirun, or the program itself under it"
}

# mpirun gives every rank's stdout a pseudo-terminal, whatever its own stdout is: only the launcher knows the terminal.
# Sets `columns` to the terminal's width, or to 0 when stdout is no terminal.
measure_terminal() {
    columns=0
    [[ -t 1 ]] || return 0
    read -r _ columns < <(stty -F "/proc/$$/fd/1" size 2>/dev/null) || columns=0
    if ! is_count "$columns" || ((columns == 0)); then columns=80; fi
}

# Sets `common_options`: options of mpirun on one machine and on many. Of two that contradict each other the last wins.
choose_common_options() {
    local extra
    measure_terminal
    # Naming ob1 keeps Open MPI from probing every network library: half of its start-up time.
    common_options=(--mca pml ob1)
    # Some containers forbid reading another process's memory. Open MPI then fails with each large message, prints
    # "Read -1, expected …", and falls back. If system calls are filtered at all, disable it: at most a fifth slower,
    # and only for messages that do not go through shared memory.
    if [[ -z ${OMPI_MCA_btl_vader_single_copy_mechanism:-} ]] && grep -q '^Seccomp:[[:space:]]*2' /proc/self/status; then
        common_options+=(--mca btl_vader_single_copy_mechanism none)
    fi
    if [[ -n ${backing:-} ]]; then common_options+=(--mca btl_vader_backing_directory "$backing"); fi
    if ((EUID == 0)); then common_options+=(--allow-run-as-root); fi
    if [[ -n $threads_given ]]; then common_options+=(-x "OMP_NUM_THREADS=$threads"); fi
    # restarts.sh hands on signals
    common_options+=(-x LOCKSTEP_SIGNALS=launcher)
    common_options+=(-x "LOCKSTEP_TERMINAL=${LOCKSTEP_TERMINAL:-$columns}")
    # A start that has failed is ended at once: mpirun would wait twice that long, a second each time, for ranks that wait
    # for a dead one. Signals that are to let the ranks save do not come by this way (see `hear`).
    if ((restarts > 0)); then common_options+=(--mca odls_base_sigkill_timeout 0); fi
    # More options for mpirun, separated by blanks.
    read -ra extra <<<"${LOCKSTEP_MPIRUN_ARGS:-}"
    common_options+=("${extra[@]}")
}

# Keeps of each `--mca KEY VALUE` in `command` the last: mpirun would join the values of a repeated key.
keep_last_mca() {
    local index key kept=()
    local -A seen=()
    for ((index = ${#command[@]} - 1; index >= 0; index--)); do
        if ((index >= 2)) && [[ ${command[index - 2]} =~ ^--?mca$ ]]; then
            key=${command[index - 1]}
            if [[ -z ${seen[$key]:-} ]]; then kept=(--mca "$key" "${command[index]}" "${kept[@]}"); fi
            seen[$key]=1
            index=$((index - 2))
        else
            kept=("${command[index]}" "${kept[@]}")
        fi
    done
    command=("${kept[@]}")
}
