import Datasets
import Foundation
import TestSupport
import Testing

@Suite("Files with labels")
struct LabeledFilesTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func write(_ names: String...) throws {
        for name in names {
            let path = URL(filePath: folder(name)).deletingLastPathComponent().path
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            try folder.write(name.utf8, to: name)
        }
    }

    private func read(_ name: String, test: String? = nil) throws -> LabeledFiles {
        try LabeledFiles(path: folder(name), testPath: test.map { folder($0) }, kind: .image)
    }

    private func list(_ files: LabeledFiles, _ part: LabeledFiles.Part) -> [String] {
        files.range(of: part).map { file in
            let label = files.label(file)
            return "\(label < 0 ? "?" : files.classes[label]) \(files.path(file).dropFirst(folder.path.count + 1))"
        }
    }

    private func error(_ name: String, test: String? = nil) -> String {
        do {
            _ = try read(name, test: test)
            return "none"
        } catch { return "\(error)".replacingOccurrences(of: folder.path, with: "DIR") }
    }

    @Test("are found in a folder for each class, in natural order, at any depth")
    func classes() throws {
        try write(
            "d/10/b.png", "d/9/img10.JPG", "d/9/img9.jpeg", "d/9/deep/er/x.png", "d/10/notes.txt", "d/.git/x.png",
            "d/readme", "d/9/.hidden.png")
        let files = try read("d")
        #expect(files.classes == ["9", "10"])
        #expect(
            list(files, .training) == ["9 d/9/img9.jpeg", "9 d/9/img10.JPG", "9 d/9/deep/er/x.png", "10 d/10/b.png"])
        #expect(files.range(of: .test).isEmpty && files.range(of: .validation).isEmpty)
        #expect(files.remarks == ["left out 4 files that are no images by the name: hidden 2, .txt 1, no ending 1"])
        #expect(files.size(0) == "d/9/img9.jpeg".utf8.count)
    }

    @Test("are found in train, val and test, whose classes are those of train")
    func parts() throws {
        try write(
            "d/train/a/1.png", "d/train/b/2.png", "d/valid/b/3.png", "d/test/b/4.png", "d/test/c/5.png",
            "d/more/x/6.png")
        let files = try read("d")
        #expect(files.classes == ["a", "b"])
        #expect(list(files, .training) == ["a d/train/a/1.png", "b d/train/b/2.png"])
        #expect(list(files, .validation) == ["b d/valid/b/3.png"])
        #expect(list(files, .test) == ["b d/test/b/4.png", "? d/test/c/5.png"])
        #expect(files.remarks.contains("1 image of classes that the training part has not: c"))
        #expect(files.remarks.contains("folders beside train that are no part: more"))
    }

    @Test("may have a class called train or test, which holds images and no folders")
    func vehicles() throws {
        try write("d/bus/1.png", "d/train/2.png", "d/test/3.png")
        #expect(try read("d").classes == ["bus", "test", "train"])
    }

    @Test("are listed by a table, with or without header, split and quotes")
    func tables() throws {
        try write("t/a/1.png", "t/a/2, 3.png", "t/4.png")
        try folder.write("\u{feff}label;file;split\r\nx;a/1.png;train\r\ny;4.png;TEST\r\n".utf8, to: "t/split.csv")
        try folder.write("a/1.png,x\n\"a/2, 3.png\", x \n4.png,y\n".utf8, to: "t/plain.csv")
        try folder.write("picture\tkind\n\(folder("t"))/4.png\ty\n".utf8, to: "t/other.tsv")
        let split = try read("t/split.csv")
        #expect(list(split, .training) == ["x t/a/1.png"])
        #expect(list(split, .test) == ["? t/4.png"])
        #expect(list(try read("t/plain.csv"), .training) == ["x t/a/1.png", "x t/a/2, 3.png", "y t/4.png"])
        #expect(list(try read("t/other.tsv"), .training) == ["y t/4.png"])
    }

    @Test("to test on may be in a folder or a table of their own, and then the others are not used")
    func ownTest() throws {
        try write("d/train/a/1.png", "d/test/a/2.png", "e/a/3.png", "e/b/4.png")
        let files = try read("d", test: "e")
        #expect(list(files, .test) == ["a e/a/3.png", "? e/b/4.png"])
        #expect(files.remarks.contains { $0.hasPrefix("1 image of test are not used: ") })
        try folder.write("e/a/3.png,a\n".utf8, to: "test.csv")
        #expect(list(try read("d", test: "test.csv"), .test) == ["a e/a/3.png"])
    }

    @Test("are told from others by name, class and size, wherever the folder is")
    func identity() throws {
        try write("d/a/1.png", "d/b/1.png")
        try folder.copy("d", to: "f")
        let (files, copies) = (try read("d"), try read("f"))
        #expect(files.identity(0) == copies.identity(0) && files.identity(0) != files.identity(1))
        try folder.write([0], to: "f/a/1.png")
        #expect(try read("f").identity(0) != files.identity(0))
    }

    @Test("that are missing, doubled or of no use are named")
    func refusals() throws {
        try write(
            "flat/1.png", "flat/2.png", "gap/a/1.png", "two/train/a/1.png", "two/val/a/1.png", "two/valid/a/1.png",
            "x.png")
        try folder.createFolder("gap/b")
        try folder.createFolder("empty")
        #expect(
            error("flat")
                == "cannot use DIR/flat: found 2 images and no folders, expected a folder for each class, or a table of path and label (--data FILE.csv)"
        )
        #expect(
            error("gap").hasPrefix(
                "cannot use DIR/gap/b: found no images, expected files with the endings apng, jfif, jpe"))
        #expect(error("empty").hasPrefix("cannot use DIR/empty: found no images"))
        #expect(error("two") == "cannot use DIR/two: found the folders val and valid, expected one for each part")
        try write("parts/train/a/1.png", "parts/test/a/1.png", "parts/val/a/1.png")
        #expect(
            error("parts", test: "parts")
                == "cannot use DIR/parts: found folders of parts: train, val, test, expected folders of classes, "
                + "all of them to test on; name one part, such as DIR/parts/test")
        #expect(error("nowhere") == "cannot read DIR/nowhere: No such file or directory")
        for (table, text) in [
            (
                "x.png,a\n./x.png,b\n",
                "DIR/t.csv: found \"./x.png\" twice, expected each file once; remove one of the rows"
            ),
            (
                "path,label\nx.png,a\ny.png,b\n",
                "DIR/t.csv line 3: found \"y.png\": cannot read DIR/y.png: No such file or directory, expected the path of a file from the table's folder"
            ),
            ("path,label\nx.png\n", "DIR/t.csv line 2: found 1 field, expected 2, as in the first row"),
            ("path,label\nx.png,\n", "DIR/t.csv line 2: found no label, expected a path and a label"),
            (
                "path,label,split\nx.png,a,dev\n",
                "DIR/t.csv line 2: found the split \"dev\", expected train, val or test"
            ),
            (
                "path,label\nflat,a\n",
                "DIR/t.csv line 2: found \"flat\": cannot use DIR/flat: found a folder, expected a regular file, expected the path of a file from the table's folder"
            ),
            ("a,b,c\n", "DIR/t.csv line 1: found the columns a, b, c, expected one named path and one named label"),
            ("", "DIR/t.csv: found no row, expected rows of path and label"),
            (
                "path,label\n",
                "DIR/t.csv: found no images to train on, expected files with the endings apng, jfif, jpe, jpeg, jpg, png"
            ),
        ] {
            try folder.write(table.utf8, to: "t.csv")
            #expect(error("t.csv") == "cannot use \(text)", "\(table)")
        }
        try FileManager.default.createSymbolicLink(atPath: folder("gap/a/up"), withDestinationPath: folder("gap/a"))
        #expect(error("gap").contains("perhaps a symbolic link leads to a folder above itself"))
    }

    @Test(
        "are in natural order",
        arguments: [
            (
                ["a10", "a9", "a1", "b", "a", "A", "a01", "10", "9", "1x", "a1b"],
                ["1x", "9", "10", "A", "a", "a01", "a1", "a1b", "a9", "a10", "b"]
            )
        ])
    func order(names: [String], expected: [String]) {
        #expect(names.sorted(by: NaturalOrder.precedes) == expected)
    }
}
