/// The name of the running program, for messages that tell the user which command to run next.
package enum ProgramName {
    /// `lockstep`, unless a program of another name has its commands: then that name, within its `main()`.
    @TaskLocal package static var current = "lockstep"
}
