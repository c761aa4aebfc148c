import CKernels

extension Buffer {
    /// Whether no element is infinite or not a number.
    package var isFinite: Bool { lockstep_all_finite(pointer, count) != 0 }
}
