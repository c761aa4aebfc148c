/// A date, a date with a time, or a time of day, parsed from a field of a table.
///
/// Read are years of four digits before month and day (`2026-03-31`, `2026/3/31`, `2026-03`), days before the month
/// with points (`31.3.2026`), names of months (`31 Mar 2026`, `March 31, 2026`), days and months of which the column
/// shows the order (`31/3/2026`, `3-31-2026`), each with or without a time (`T13:05`, ` 1:05:07.25 PM`, `+02:00`,
/// `Z`), and times alone. Source: ISO 8601.
package struct DateField: Equatable, Sendable {
    /// Which of two numbers before a year is the day.
    package struct Orders: OptionSet, Equatable, Sendable {
        package let rawValue: UInt8
        package static let dayFirst = Orders(rawValue: 1)
        package static let monthFirst = Orders(rawValue: 2)
        package static let any: Orders = [.dayFirst, .monthFirst]

        package init(rawValue: UInt8) { self.rawValue = rawValue }
    }

    /// Seconds since 1970 (in UTC if the field has a UTC offset), or since midnight.
    package var seconds = 0.0
    /// Whether it is a time of day alone.
    package var isTime = false
    /// Whether it has a time of day.
    package var hasTime = false
    /// The orders of day and month in which it is a date. Where both are, `seconds` is that of the day first.
    package var orders = Orders.any
    /// Whether the order of day and month is ambiguous.
    package var isNumeric = false

    /// `seconds` with day and month exchanged where both are at most 12.
    package static func swapped(_ seconds: Double) -> Double {
        let days = (seconds / 86400).rounded(.down)
        let date = CalendarDay(days: Int(days))
        guard date.day <= 12 else { return seconds }
        return Double(CalendarDay(year: date.year, month: date.day, day: date.month).days) * 86400
            + (seconds - days * 86400)
    }

    /// The date that `bytes` are; nil if they are none.
    package init?(_ bytes: UnsafeBufferPointer<UInt8>) {
        var cursor = DateCursor(bytes)
        if cursor.isTime {
            guard let time = cursor.time(), cursor.isAtEnd else { return nil }
            (seconds, isTime, hasTime) = (time, true, true)
            return
        }
        guard let days = date(&cursor) else { return nil }
        seconds = Double(days) * 86400
        if cursor.isAtEnd { return }
        guard cursor.skip("T") || cursor.skip(" "), let time = cursor.time(), let offset = cursor.offset(),
            cursor.isAtEnd
        else { return nil }
        // an offset could move the day whose number `swapped` looks at
        if isNumeric, offset != 0 { return nil }
        seconds += time - offset
        hasTime = true
    }

    /// Reads a date, and returns its day.
    private mutating func date(_ cursor: inout DateCursor) -> Int? {
        if let month = cursor.month() {
            cursor.skipBlanks()
            guard let day = cursor.number(digits: 1...2) else { return nil }
            _ = cursor.skip(",")
            cursor.skipBlanks()
            return cursor.number(digits: 4...4).flatMap { CalendarDay.valid($0.value, month, day.value) }
        }
        guard let first = cursor.number(digits: 1...4) else { return nil }
        guard let separator = cursor.next(of: "-/. ") else { return nil }
        if first.digits == 4 {
            guard separator != UInt8(ascii: " "), let month = cursor.number(digits: 1...2) else { return nil }
            guard cursor.skip(separator) else {
                // 2026-03 is the month, its first day
                guard separator == UInt8(ascii: "-"), month.digits == 2, cursor.isAtEnd else { return nil }
                return CalendarDay.valid(first.value, month.value, 1)
            }
            return cursor.number(digits: 1...2).flatMap { CalendarDay.valid(first.value, month.value, $0.value) }
        }
        guard first.digits <= 2 else { return nil }
        if separator == UInt8(ascii: ".") { cursor.skipBlanks() }
        if let month = cursor.month() {
            guard cursor.next(of: "-/. ") != nil, let year = cursor.number(digits: 4...4) else { return nil }
            return CalendarDay.valid(year.value, month, first.value)
        }
        guard separator != UInt8(ascii: " "), let second = cursor.number(digits: 1...2), cursor.skip(separator),
            let year = cursor.number(digits: 4...4)
        else { return nil }
        let dayFirst = CalendarDay.valid(year.value, second.value, first.value)
        if separator == UInt8(ascii: ".") { return dayFirst }
        let monthFirst = CalendarDay.valid(year.value, first.value, second.value)
        isNumeric = true
        orders = [dayFirst == nil ? [] : .dayFirst, monthFirst == nil ? [] : .monthFirst]
        return dayFirst ?? monthFirst
    }
}

/// A day of the Gregorian calendar.
package struct CalendarDay {
    package let year, month, day: Int

    package init(year: Int, month: Int, day: Int) { (self.year, self.month, self.day) = (year, month, day) }

    /// The day `days` after 1970-01-01. Source: H. Hinnant, "chrono-compatible low-level date algorithms",
    /// civil_from_days.
    package init(days: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// Days since 1970-01-01. Source: the same, days_from_civil.
    package var days: Int {
        let year = month <= 2 ? self.year - 1 : self.year
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// The days since 1970 of a date; nil if there is no such day.
    package static func valid(_ year: Int, _ month: Int, _ day: Int) -> Int? {
        guard (1...12).contains(month), day >= 1 else { return nil }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let length = month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
        return day <= length ? CalendarDay(year: year, month: month, day: day).days : nil
    }
}

/// Goes through the parts of a date.
private struct DateCursor {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var position: Int
    private var end: Int

    package init(_ bytes: UnsafeBufferPointer<UInt8>) {
        (self.bytes, position, end) = (bytes, 0, bytes.count)
        skipBlanks()
        while end > position, NumberText.isBlank(bytes[end - 1]) { end -= 1 }
    }

    package var isAtEnd: Bool { position == end }

    /// Whether one or two digits and a colon follow.
    package var isTime: Bool {
        (1...2).contains { position + $0 < end && bytes[position + $0] == UInt8(ascii: ":") }
    }

    package mutating func skipBlanks() { while position < end, NumberText.isBlank(bytes[position]) { position += 1 } }

    package mutating func skip(_ byte: UInt8) -> Bool {
        guard position < end, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    package mutating func skip(_ character: Unicode.Scalar) -> Bool { skip(UInt8(ascii: character)) }

    package mutating func next(of choices: StaticString) -> UInt8? {
        guard position < end else { return nil }
        let byte = bytes[position]
        guard choices.withUTF8Buffer({ $0.contains(byte) }) else { return nil }
        position += 1
        return byte
    }

    package mutating func number(digits: ClosedRange<Int>) -> (value: Int, digits: Int)? {
        var (value, count) = (0, 0)
        while position < end, count < digits.upperBound, case let digit = bytes[position] &- UInt8(ascii: "0"),
            digit < 10
        {
            value = value * 10 + Int(digit)
            position += 1
            count += 1
        }
        let isCut = position < end && bytes[position] &- UInt8(ascii: "0") < 10
        return count >= digits.lowerBound && !isCut ? (value, count) : nil
    }

    /// The month whose English name, or its first three letters, follow.
    package mutating func month() -> Int? {
        var letters = position
        while letters < end, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(bytes[letters] | 0x20) { letters += 1 }
        guard (3...9).contains(letters - position) else { return nil }
        let word = String(decoding: bytes[position..<letters], as: UTF8.self).lowercased()
        guard let month = Self.months.firstIndex(where: { $0 == word || $0.prefix(3) == word }) else { return nil }
        position = letters
        return month + 1
    }

    private static let months = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
        "december",
    ]

    /// Seconds since midnight.
    package mutating func time() -> Double? {
        guard let hour = number(digits: 1...2)?.value, skip(":"), let minute = number(digits: 2...2)?.value, minute < 60
        else { return nil }
        var seconds = 0.0
        if skip(":") {
            guard let whole = number(digits: 2...2)?.value, whole <= 60 else { return nil }
            seconds = Double(whole)
            if skip(".") || skip(",") {
                var (fraction, scale) = (0.0, 1.0)
                let start = position
                while position < end, case let digit = bytes[position] &- UInt8(ascii: "0"), digit < 10 {
                    if scale < 1e15 { (fraction, scale) = (fraction * 10 + Double(digit), scale * 10) }
                    position += 1
                }
                guard position > start else { return nil }
                seconds += fraction / scale
            }
        }
        let blanks = position
        skipBlanks()
        if position + 1 < end, bytes[position + 1] | 0x20 == UInt8(ascii: "m"),
            case let half = bytes[position] | 0x20, half == UInt8(ascii: "a") || half == UInt8(ascii: "p")
        {
            guard (1...12).contains(hour) else { return nil }
            position += 2
            return Double(hour % 12 + (half == UInt8(ascii: "p") ? 12 : 0)) * 3600 + Double(minute) * 60 + seconds
        }
        position = blanks
        return hour < 24 ? Double(hour) * 3600 + Double(minute) * 60 + seconds : nil
    }

    /// The UTC offset in seconds; 0 if none is given.
    package mutating func offset() -> Double? {
        if isAtEnd { return 0 }
        if skip("Z") { return 0 }
        skipBlanks()
        if end - position == 3, String(decoding: bytes[position..<end], as: UTF8.self) == "UTC" {
            position = end
            return 0
        }
        let isAhead = skip("+")
        guard isAhead || skip("-"), position + 2 <= end else { return nil }
        let (tens, ones) = (bytes[position] &- UInt8(ascii: "0"), bytes[position + 1] &- UInt8(ascii: "0"))
        guard tens < 10, ones < 10 else { return nil }
        position += 2
        _ = skip(":")
        let minutes = isAtEnd ? 0 : number(digits: 2...2)?.value
        guard let minutes, minutes < 60 else { return nil }
        let seconds = Double(Int(tens * 10 + ones) * 60 + minutes) * 60
        return seconds <= 86400 ? (isAhead ? seconds : -seconds) : nil
    }
}
