package import Foundation

/// How numbers that are not finite, which JSON has not, stand in our records and messages: as the texts `inf`, `-inf` and `nan`.
extension JSONEncoder {
    /// Writes such numbers.
    package func encodeNonFiniteAsText() {
        nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    }
}

extension JSONDecoder {
    /// Reads such numbers.
    package func decodeNonFiniteFromText() {
        nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    }
}
