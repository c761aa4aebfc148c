import Communication
import CommunicatorContract
import Glibc
import MPICommunication

// The contract of `Communicator` over MPI, and processes that fail in every way there is.
//     mpirun -n 3 MPIContract                     all checks
//     mpirun -n 3 MPIContract throw-on 1          see Failures.swift
//     mpirun -n 2 MPIContract measure             see Measurement.swift
let arguments = Array(CommandLine.arguments.dropFirst())

LockstepProcess.run { communicator, context in
    switch arguments.first {
    case nil:
        try runContract(communicator, context)
    case "measure":
        try measure(communicator)
    case "two-gigabytes":
        try exchangeTwoGigabytes(communicator)
    case let mode?:
        return try fail(mode, on: arguments.dropFirst().first.flatMap { Int($0) } ?? 0, communicator)
    }
    return 0
}
