extension Observable {
    /// The molecule H₂ at the distance 0.7414 Å in the basis STO-3G, on four qubits (spin orbitals, Jordan and Wigner), in Hartree.
    ///
    /// Its ground state has -1.13727: full configuration interaction. `Tests/CircuitsTests/reference_circuits.py` computes the
    /// coefficients with PennyLane's `qchem.molecular_hamiltonian`.
    public static let hydrogen = Observable(
        [
            (-0.09886397745767511, "IIII"), (0.1711977493802634, "ZIII"), (0.17119774938026341, "IZII"),
            (0.1686221919601558, "ZZII"), (-0.22278592618845972, "IIZI"), (0.12054482197285082, "ZIZI"),
            (0.16586702387479024, "IZZI"), (0.04532220190193944, "YXXY"), (-0.04532220190193944, "YYXX"),
            (-0.04532220190193944, "XXYY"), (0.04532220190193944, "XYYX"), (-0.22278592618845972, "IIIZ"),
            (0.16586702387479024, "ZIIZ"), (0.12054482197285082, "IZIZ"), (0.174348441083318, "IIZZ"),
        ].compactMap { coefficient, text in PauliString(text).map { (coefficient, $0) } })
}
