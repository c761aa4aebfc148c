import Testing
import Training

@Suite("Threads per rank")
struct ThreadSettingsTests {
    @Test("OMP_NUM_THREADS counts where nothing else says how many threads there are")
    func openMP() throws {
        var settings = Settings()
        try settings.apply(SettingOverride.threadsOfEnvironment(3))
        #expect(settings.threads == 3)
        #expect(settings.threadsNote(environment: 3) == nil)
        #expect(settings.threadsNote(environment: nil) == nil)
        try settings.apply([SettingOverride(key: "threads", value: "2", source: "--set")])
        #expect(
            settings.threadsNote(environment: 3)
                == "each rank has 2 threads, as the setting threads says; OMP_NUM_THREADS=3 does not count")
        #expect(SettingOverride.threadsOfEnvironment(nil).isEmpty)
    }
}
