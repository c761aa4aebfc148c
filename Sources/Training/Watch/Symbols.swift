import CKernels
import Foundation

/// The names of functions at addresses of this process: those of shared libraries, and the program's own symbol table.
struct Symbols {
    private struct Function {
        let begin, end: UInt
        let name: Int
    }

    /// The program's functions, by address in its file.
    private var functions: [Function] = []
    private var program = Data()
    private var names = 0

    /// Reads the symbol table of this program, if it has one: ELF-64, System V ABI, chapters 4 and 5.
    init() {
        guard let data = try? Data(contentsOf: URL(filePath: "/proc/self/exe"), options: .alwaysMapped),
            data.count > 64, data.prefix(5) == Data([0x7f, 0x45, 0x4c, 0x46, 2])
        else { return }
        func number<Value: FixedWidthInteger>(_ offset: Int, _ type: Value.Type) -> Int {
            guard offset >= 0, offset + MemoryLayout<Value>.size <= data.count else { return 0 }
            return data.withUnsafeBytes { Int(truncatingIfNeeded: $0.loadUnaligned(fromByteOffset: offset, as: type)) }
        }
        let (table, size, count) = (number(0x28, UInt64.self), number(0x3a, UInt16.self), number(0x3c, UInt16.self))
        // a section of type SHT_SYMTAB, 2
        guard let section = (0..<count).map({ table + $0 * size }).first(where: { number($0 + 4, UInt32.self) == 2 })
        else { return }
        let (begin, bytes) = (number(section + 0x18, UInt64.self), number(section + 0x20, UInt64.self))
        names = number(table + number(section + 0x28, UInt32.self) * size + 0x18, UInt64.self)
        program = data
        for entry in stride(from: begin, to: begin + bytes, by: 24) where number(entry + 4, UInt8.self) & 0xf == 2 {
            let value = UInt(number(entry + 8, UInt64.self))
            let length = UInt(number(entry + 16, UInt64.self))
            functions.append(Function(begin: value, end: value + length, name: number(entry, UInt32.self)))
        }
    }

    /// The function at an address, or its library, or the address.
    func name(_ address: UInt) -> String {
        var (symbol, file): (UnsafePointer<CChar>?, UnsafePointer<CChar>?)
        var base: UInt = 0
        guard lockstep_find_symbol(address, &symbol, &file, &base) != 0 else { return String(format: "0x%lx", address) }
        if let symbol { return Self.readable(String(cString: symbol)) }
        let offset = address - base
        if let function = functions.first(where: { $0.begin <= offset && offset < $0.end }) {
            let name = program.dropFirst(names + function.name).prefix { $0 != 0 }.prefix(4096)
            return Self.readable(String(decoding: name, as: UTF8.self))
        }
        let library = file.map { String(cString: $0).split(separator: "/").last.map(String.init) ?? "" } ?? ""
        return "\(library)+0x\(String(offset, radix: 16))"
    }

    private typealias Demangle =
        @convention(c) (
            UnsafePointer<CChar>?, Int, UnsafeMutablePointer<CChar>?, UnsafeMutablePointer<Int>?, UInt32
        ) -> UnsafeMutablePointer<CChar>?

    /// A name of Swift as it stands in the source, by the runtime's own function.
    private static func readable(_ name: String) -> String {
        guard name.hasPrefix("$s"), let function = dlsym(nil, "swift_demangle") else { return name }
        let demangle = unsafeBitCast(function, to: Demangle.self)
        guard let text = demangle(name, name.utf8.count, nil, nil, 0) else { return name }
        defer { free(text) }
        let readable = String(cString: text)
        return readable.count > 160 ? readable.prefix(159) + "…" : readable
    }
}
