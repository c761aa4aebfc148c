# shellcheck shell=bash
# Builds the program when a source has changed; sourced by common.sh.

# What a program without Swift needs of Debian 12: launch/package.
run_packages="openmpi-bin openssh-client libdnnl2 libsndfile1 libjpeg62-turbo libpng16-16"

# Removes a build that was made when the checkout was at another path: the compiler's caches contain that path, and fail
# with "missing required module 'SwiftShims'".
discard_moved_build() {
    local here built_at=$repository/.build/launch-path plan=$repository/.build/release.yaml is_moved=false
    here=$(CDPATH='' cd -- "$repository" && pwd -P)
    if [[ -e $built_at ]]; then
        [[ $(<"$built_at") == "$here" ]] || is_moved=true
    elif [[ -e $plan && $here =~ ^[[:alnum:]/._-]+$ ]]; then
        # built by hand: only plain paths are spelled in the plan as they are
        LC_ALL=C grep -qF -- "$here/.build/" "$plan" || is_moved=true
    fi
    if [[ $is_moved == true ]]; then
        echo "this checkout was built at another path, and the compiler cannot go on with that: building anew" >&2
        rm -rf -- "$repository/.build" || fail "cannot remove $repository/.build, which was built at another path: remove it"
    fi
    mkdir -p "$repository/.build"
    printf '%s\n' "$here" >"$built_at"
}

# Installs missing packages, and builds if a source changed since the last build. `swift build` takes a second or two to
# find that nothing changed, `find` some milliseconds. ctime, unlike mtime, cannot be copied from elsewhere.
prepare() {
    local changed missing
    if [[ -n ${LOCKSTEP_PROGRAM:-} ]]; then
        [[ -f $program && -x $program ]] || fail "LOCKSTEP_PROGRAM names no program: $program"
        return
    fi
    if [[ $program == "$repository/bin/lockstep" ]]; then
        # unpacked from an archive of launch/package
        missing=$(ldd "$program" | sed -n 's/ => not found//p' | tr -d '\t' | sort -u | tr '\n' ' ')
        [[ -z $missing ]] || fail "libraries are missing on this machine: ${missing% }; on Debian 12: apt-get install --no-install-recommends $run_packages"
        return
    fi
    local started=$repository/.build/launch-started built=$repository/.build/release/launch-built
    if [[ -x $program && -e $built ]]; then
        changed=$(find "$repository/Package.swift" "$repository/Sources" -cnewer "$built" -print -quit)
        if [[ -n $changed && ! -w $repository ]]; then
            echo "the checkout $repository is read-only: running the program as it was built, though ${changed#"$repository/"} has changed since" >&2
            changed=
        fi
        if [[ -z $changed ]]; then
            "$repository/launch/setup" --run
            return
        fi
    else
        [[ -w $repository ]] || fail "the checkout $repository is read-only and has no program: build it where it can be written to (launch/train does), or name one with LOCKSTEP_PROGRAM"
        echo "building lockstep; the first time takes some minutes" >&2
    fi
    "$repository/launch/setup" --quiet
    discard_moved_build
    touch "$started" # a source that changes while the build runs is newer than this
    # From within the checkout: the compiler is told the current directory, and another one would compile all anew.
    print_command cd "$repository"
    print_command swift build -c release --product lockstep
    (
        # Swift leaves a folder TemporaryDirectory.* for each run of the compiler.
        TMPDIR=$(mktemp -d) || fail "cannot create a temporary folder: set TMPDIR to one that can be written to"
        export TMPDIR
        trap 'rm -rf -- "$TMPDIR"' EXIT
        cd "$repository" && swift build -c release --product lockstep >&2
    ) || fail "the build failed"
    mv "$started" "$built"
}
