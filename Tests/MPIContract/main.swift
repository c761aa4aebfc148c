import Communication
import CommunicatorContract
import Glibc
import Kernels
import MPICommunication

// The contract of `Communicator` over MPI, and processes that fail in every way there is.
//     mpirun -n 3 MPIContract                     all checks
//     mpirun -n 3 MPIContract throw-on 1          see Failures.swift
//     mpirun -n 2 MPIContract measure             see Measurement.swift
//     MPIContract threads [N]                     the threads that operations use, when N are asked for
let arguments = Array(CommandLine.arguments.dropFirst())

let threads = arguments.first == "threads" ? arguments.dropFirst().first.flatMap { Int($0) } : nil

LockstepProcess.run(threads: threads) { communicator, context in
    switch arguments.first {
    case nil:
        try runContract(communicator, context)
    case "measure":
        try measure(communicator)
    case "two-gigabytes":
        try exchangeTwoGigabytes(communicator)
    case "threads":
        print(KernelLibrary.threads)
    case let mode?:
        return try fail(mode, on: arguments.dropFirst().first.flatMap { Int($0) } ?? 0, communicator)
    }
    return 0
}
