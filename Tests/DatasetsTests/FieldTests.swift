import Foundation
import Testing

import Datasets

@Suite("What a field of a table is")
struct FieldTests {
    private func kind(_ text: String, quoted: Bool = false, _ format: TableFormat = TableFormat()) -> FieldKind {
        Array(text.utf8).withUnsafeBufferPointer { FieldReader(format).kind($0, isQuoted: quoted) }
    }

    private func number(_ text: String, _ reader: NumberText = NumberText()) -> Double? {
        Array(text.utf8).withUnsafeBufferPointer { reader.value($0) }
    }

    // Swift's own conversion, which is correctly rounded, is the reference
    @Test("Numbers of any length and exponent are rounded correctly")
    func rounding() throws {
        var random = UInt64(11)
        func next(_ below: Int) -> Int {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(random >> 33) % below
        }
        for trial in 0..<20_000 {
            var text = next(2) == 0 ? "-" : ""
            for _ in 0...next(21) { text += "\(next(10))" }
            if next(4) > 0 {
                text += "."
                for _ in 0..<next(20) { text += "\(next(10))" }
            }
            if trial % 3 == 0 { text += "e\(next(60) - 30)" }
            #expect(number(text) == Double(text), "\(text)")
        }
        // halfway between two numbers of Float64: 2^53 + 1, and with a digit that decides; powers of ten around 10^22
        for text in [
            "9007199254740993", "9007199254740992.9", "9007199254740993.00000000000000001", "9007199254740995", "1e22",
            "1e23",
            "8.5e22", "4.35", "0.3", "2.2250738585072014e-308", "5e-324", "1.7976931348623157e308", "0.000001",
            "123456789012345678",
            "18446744073709551615", "1844674407370955161.5", "0.1234567890123456789", "9999999999999999999e-19",
        ] { #expect(number(text) == Double(text), "\(text)") }
        #expect(number("1e999") == .infinity && number("-1e999") == -.infinity)
    }

    @Test("Decimal commas, thousands and blanks are read as they are set, and nothing else is a number")
    func signs() {
        let german = NumberText(decimal: UInt8(ascii: ","), thousands: UInt8(ascii: "."))
        #expect(number("1.234.567,5", german) == 1_234_567.5)
        #expect(number("-0,25", german) == -0.25 && number("12", german) == 12)
        #expect(number("1.5", german) == nil && number("1.2345", german) == nil && number(".123", german) == nil)
        #expect(number("1,234.5", NumberText(thousands: UInt8(ascii: ","))) == 1234.5)
        #expect(number("  5\t") == 5 && number("+.5") == 0.5 && number("5.") == 5 && number("1E-2") == 0.01)
        for text in [
            "", "-", ".", "e5", "1e", "1e+", "0x1F", "1_000", "1 000", "inf", "nan", "12%", "1,5", "1\u{0}", "--1",
        ] {
            #expect(number(text) == nil, "\(text)")
        }
    }

    @Test("The usual markers are missing values, some only among numbers, and in quotes they are texts")
    func missing() {
        for text in [
            "", " ", "NA", "N/A", "n/a", "NaN", "nan", "NAN", "null", "NULL", "None", "<NA>", "#N/A", "?", " NA ",
        ] {
            #expect(kind(text) == .missing, "\(text)")
        }
        for text in ["-", "--", ".", "none"] { #expect(kind(text) == .missingNumber, "\(text)") }
        #expect(kind("NA", quoted: true) == .missingNumber && kind("", quoted: true) == .missing)
        #expect(kind("5", quoted: true) == .number(5) && kind("red") == .text && kind("1e151") == .hugeNumber)
        var format = TableFormat()
        (format.missing, format.usesUsualMissing) = (["-999", "unknown"], false)
        #expect(
            kind("-999", format) == .missing && kind("-999.0", format) == .missing
                && kind("unknown", format) == .missing)
        #expect(kind("NA", format) == .text && kind("", format) == .missing && kind("-", format) == .text)
    }

    // seconds since 1970 by pandas: reference_tables.py
    private static let dates: [(String, Double)] = [
        ("2026-03-31", 1_774_915_200), ("2026/3/1", 1_772_323_200), ("2026-03", 1_772_323_200),
        ("2026-03-31T13:05", 1_774_962_300), ("2026-03-31 13:05:07.25", 1_774_962_307.25),
        ("2026-03-31T13:05:07+02:00", 1_774_955_107), ("1969-12-31T23:59:59Z", -1), ("2024-02-29", 1_709_164_800),
        ("31 March 2026", 1_774_915_200), ("Mar 31, 2026", 1_774_915_200), ("31-Mar-2026", 1_774_915_200),
        ("2026-03-31 1:05 PM", 1_774_962_300), ("31.3.2026", 1_774_915_200), ("3/4/2026", 1_775_174_400),
    ]

    @Test("Dates and times are seconds since 1970")
    func dateFields() throws {
        for (text, seconds) in Self.dates {
            guard case .date(let date) = kind(text) else {
                Issue.record("\(text) is no date")
                continue
            }
            #expect(date.seconds == seconds && !date.isTime, "\(text): \(date)")
        }
        guard case .date(let time) = kind("23:05:30") else { throw NoDate() }
        #expect(time.isTime && time.seconds == 83_130)
        for text in [
            "2026-02-29", "2026-13-01", "31.4.2026", "24:00", "12:60", "13:00 PM", "2026-3-1x", "1/2/3", "2026-03-31T",
            "Mai 5, 2026",
            "20-3-2026-1", "0/5/2026", "2026-03-31 13:05+99:00",
        ] { #expect(kind(text) == .text, "\(text)") }
    }

    @Test("Day and month change places where only the month can be first")
    func orders() throws {
        guard case .date(let both) = kind("3/4/2026"), case .date(let monthFirst) = kind("3/14/2026"),
            case .date(let dayFirst) = kind("14/3/2026")
        else { throw NoDate() }
        #expect(both.orders == .any && monthFirst.orders == .monthFirst && dayFirst.orders == .dayFirst)
        // 2026-03-04 and 2026-03-14
        #expect(
            DateField.swapped(both.seconds) == 1_772_582_400
                && DateField.swapped(monthFirst.seconds) == monthFirst.seconds)
        #expect(monthFirst.seconds == 1_773_446_400 && dayFirst.seconds == monthFirst.seconds)
        var column = DateColumn()
        #expect(column.accepts(both) && column.isAmbiguous)
        #expect(column.accepts(monthFirst) && column.isSwapped && !column.accepts(dayFirst))
    }

    @Test("Every day of eight centuries is itself again")
    func calendar() {
        let wrong = (-146_097..<146_097).filter { days in
            let day = CalendarDay(days: days)
            return day.days != days || CalendarDay.valid(day.year, day.month, day.day) != days
        }
        #expect(wrong.isEmpty)
    }

    private struct NoDate: Error {}
}
