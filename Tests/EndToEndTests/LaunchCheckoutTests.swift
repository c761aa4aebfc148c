import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("A checkout")
    struct LaunchCheckoutTests {
        let scripts: LaunchScripts

        /// A checkout without sources, whose compiler makes a program that does nothing.
        init() throws {
            scripts = try LaunchScripts()
            try scripts.command(
                "swift",
                """
                if [[ $1 == --version ]]; then echo "Swift version 6.2"; exit; fi
                echo "built in $PWD"
                mkdir -p .build/release
                cp "$(type -P true)" .build/release/lockstep
                """)
            let manager = FileManager.default
            try manager.createDirectory(atPath: scripts.folder("one/Sources"), withIntermediateDirectories: true)
            _ = try scripts.file("one/Package.swift", "")
            try manager.copyItem(
                atPath: URL(filePath: LaunchScripts.path("local")).deletingLastPathComponent().path,
                toPath: scripts.folder("one/launch"))
        }

        private func local(_ checkout: String) throws -> Outcome {
            try scripts.run([
                "env", "-u", "LOCKSTEP_PROGRAM", scripts.folder("\(checkout)/launch/local"), "1", "recipes",
            ])
        }

        private func isBuilt(_ outcome: Outcome, in checkout: String) -> Bool {
            outcome.exit == .code(0) && outcome.errors.contains("built in \(scripts.folder(checkout))\n")
        }

        @Test("is built once, and says that the first time takes minutes")
        func once() throws {
            let first = try local("one")
            #expect(isBuilt(first, in: "one"), "\(first)")
            #expect(first.errors.contains("the first time takes some minutes"), "\(first)")
            #expect(!isBuilt(try local("one"), in: "one"))
        }

        @Test("is not built again where it was moved to, until a source changes: then all anew, and that is said")
        func moved() throws {
            _ = try local("one")
            try FileManager.default.moveItem(atPath: scripts.folder("one"), toPath: scripts.folder("two 2"))
            let moved = try local("two 2")
            #expect(moved.exit == .code(0) && !isBuilt(moved, in: "two 2"), "\(moved)")
            _ = try scripts.file("two 2/.build/cache", "of the compiler, which knows its path")
            _ = try scripts.file("two 2/Package.swift", "// changed")
            let changed = try local("two 2")
            #expect(isBuilt(changed, in: "two 2"), "\(changed)")
            #expect(changed.errors.contains("was built at another path"), "\(changed)")
            #expect(!FileManager.default.fileExists(atPath: scripts.folder("two 2/.build/cache")))
        }

        @Test("that is read-only is run as it was built, or not at all", .enabled(if: TemporaryFileSystem.isPermitted))
        func readOnly() throws {
            let command = [
                "env", "-u", "LOCKSTEP_PROGRAM", "unshare", "--mount", "bash", "-c",
                "mount --bind one one; mount -o remount,ro,bind one; exec one/launch/local 1 recipes",
            ]
            let unbuilt = try scripts.run(command)
            #expect(unbuilt.exit == .code(1), "\(unbuilt)")
            #expect(unbuilt.errors.contains("is read-only and has no program"), "\(unbuilt)")
            _ = try local("one")
            _ = try scripts.file("one/Package.swift", "// changed")
            let built = try scripts.run(command)
            #expect(built.exit == .code(0), "\(built)")
            #expect(built.output.hasSuffix("/one/.build/release/lockstep recipes\n"), "\(built)")
        }
    }
}
