// swift-tools-version: 6.2
import PackageDescription

/// Modules by level; a module imports only those below it (Sources/README.md).
let package = Package(
    name: "lockstep",
    products: [
        .executable(name: "lockstep", targets: ["LockstepTool"]),
        .library(name: "Lockstep", targets: ["Lockstep"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
        // `swift package generate-documentation`; no target depends on it, so that no build compiles it
        .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.4.0"),
    ],
    targets: [
        // C: thin, no logic
        .systemLibrary(name: "COneDNN", providers: [.apt(["libdnnl-dev"])]),
        .systemLibrary(name: "COpenMPI", pkgConfig: "ompi-c", providers: [.apt(["libopenmpi-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CSndfile", pkgConfig: "sndfile", providers: [.apt(["libsndfile1-dev"])]),
        .systemLibrary(name: "CJPEG", pkgConfig: "libjpeg", providers: [.apt(["libjpeg62-turbo-dev"])]),
        .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
        .target(name: "CImageFiles", dependencies: ["CJPEG", "CPNG"]),
        .target(name: "CKernels"),

        // Level 0: numerics without a graph; a protocol without MPI
        .target(name: "Preconditions"),
        .target(name: "Messages"),
        .target(name: "Timeline", dependencies: ["Preconditions"]),
        .target(name: "Kernels", dependencies: ["CKernels", "COneDNN", "Preconditions"]),
        .target(name: "Machine"),
        .target(
            name: "Settings",
            dependencies: ["Preconditions", "Messages", .product(name: "Yams", package: "Yams")]),
        .target(name: "Communication", dependencies: ["Preconditions", "Messages", "CKernels", "Machine"]),

        // Level 1
        .target(name: "TensorEngine", dependencies: ["Preconditions", "Timeline", "Kernels", "CKernels"]),
        .target(
            name: "MPICommunication", dependencies: ["Messages", "Communication", "COpenMPI", "Kernels", "Machine"]),

        // Level 1½
        .target(name: "Layers", dependencies: ["Preconditions", "TensorEngine", "Kernels", "CKernels"]),
        .target(
            name: "Optimizers",
            dependencies: ["Preconditions", "Machine", "Settings", "TensorEngine", "Kernels", "CKernels"]),

        .target(name: "DifferentiablePrograms", dependencies: ["Preconditions", "Messages", "TensorEngine"]),

        // Level 2
        .target(
            name: "DataParallel",
            dependencies: [
                "Preconditions", "Messages", "Timeline", "Settings", "TensorEngine", "Kernels", "CKernels",
                "Communication",
            ]),
        .target(name: "Checkpoints", dependencies: ["Preconditions", "Messages", "Machine", "CZlib"]),
        .target(name: "RunRecords", dependencies: ["Messages", "Machine", "Checkpoints"]),
        .target(name: "Tokenizers", dependencies: ["Checkpoints"]),
        .target(
            name: "Datasets",
            dependencies: [
                "Preconditions", "Messages", "Machine", "Settings", "Timeline", "TensorEngine", "Kernels", "CKernels",
                "CZlib", "CImageFiles", "CSndfile", "Communication", "Checkpoints", "Tokenizers",
            ]),

        .target(name: "Circuits", dependencies: ["Preconditions", "TensorEngine", "Kernels"]),
        .target(name: "Probability", dependencies: ["Preconditions", "TensorEngine", "Kernels", "CKernels"]),
        .target(name: "Environments", dependencies: ["CKernels"]),
        .target(name: "Evolution", dependencies: ["Preconditions", "CKernels", "Kernels"]),

        // Level 3
        .target(
            name: "Training",
            dependencies: [
                "Preconditions", "Messages", "Timeline", "Settings", "TensorEngine", "Kernels", "CKernels", "Layers",
                "Optimizers", "DataParallel", "Checkpoints", "Datasets", "RunRecords", "Communication", "Machine",
                "Probability",
            ]),

        // Level 3½
        .target(
            name: "Diagnosis",
            dependencies: [
                "Messages", "TensorEngine", "Kernels", "Layers", "Optimizers", "Communication", "DataParallel",
                "Checkpoints", "Datasets", "Settings", "RunRecords", "Training",
            ]),
        .target(
            name: "Search",
            dependencies: [
                "Messages", "Kernels", "Communication", "Checkpoints", "Datasets", "Settings", "RunRecords", "Training",
            ]),

        .target(
            name: "Export",
            dependencies: [
                "Messages", "Kernels", "TensorEngine", "Layers", "Checkpoints", "RunRecords", "Training",
            ]),
        .target(name: "Report", dependencies: ["Messages", "RunRecords", "Probability"]),
        .target(name: "Explanations", dependencies: ["Messages", "TensorEngine", "Kernels", "Layers"]),

        // Level 4
        // As recipes of a user: without the symbols that only this package sees
        .target(
            name: "LearningRecipes",
            dependencies: [
                "TensorEngine", "Kernels", "Layers", "Optimizers", "Datasets", "Settings", "Training", "DataParallel",
                "Communication", "DifferentiablePrograms",
            ],
            path: "Sources/Recipes/Learning",
            exclude: [
                "README.md", "Brain/README.md", "Common/README.md", "Continual/README.md", "Generative/README.md",
                "Meta/README.md", "Programs/README.md", "SelfSupervised/README.md", "Streams/README.md",
                "Transfer/README.md",
            ], packageAccess: false),
        .target(
            name: "SamplingRecipes",
            dependencies: [
                "Circuits", "Probability", "TensorEngine", "Kernels", "Layers", "Optimizers", "Datasets", "Settings",
                "Training", "DataParallel", "Communication",
            ],
            path: "Sources/Recipes/Sampling",
            exclude: ["README.md", "Chains/README.md", "Common/README.md", "Networks/README.md", "Quantum/README.md"],
            packageAccess: false),
        .target(
            name: "ActingRecipes",
            dependencies: [
                "TensorEngine", "Kernels", "Layers", "Optimizers", "Datasets", "Settings", "Training", "DataParallel",
                "Communication", "Environments",
            ],
            path: "Sources/Recipes/Acting",
            exclude: [
                "README.md", "ActorCritic/README.md", "Bandits/README.md", "Common/README.md", "Imitation/README.md",
                "PolicyGradient/README.md", "QLearning/README.md", "Tabular/README.md",
            ], packageAccess: false),
        .target(
            name: "EvolutionRecipes",
            dependencies: [
                "TensorEngine", "Kernels", "Layers", "Optimizers", "Datasets", "Settings", "Training", "DataParallel",
                "Communication", "Environments", "Evolution", "ActingRecipes",
            ],
            path: "Sources/Recipes/Evolution", exclude: ["README.md"], packageAccess: false),
        .target(
            name: "Recipes",
            dependencies: [
                "Messages", "TensorEngine", "Kernels", "Layers", "Optimizers", "Datasets", "Checkpoints", "Settings",
                "RunRecords", "Training", "DataParallel", "Communication", "Machine", "Tokenizers", "LearningRecipes",
                "SamplingRecipes", "ActingRecipes", "EvolutionRecipes",
            ],
            exclude: [
                "Acting", "Evolution", "Learning", "Sampling", "Common/README.md", "Images/README.md",
                "Tables/README.md",
                "Text/README.md",
                "Arrays/README.md", "Audio/README.md",
            ]),
        .target(
            name: "Benchmarks",
            dependencies: [
                "Messages", "TensorEngine", "Kernels", "CKernels", "Layers", "Optimizers", "Communication",
                "DataParallel", "Training", "Diagnosis", "Machine",
            ]),

        .target(name: "Doctor", dependencies: ["Messages", "Kernels", "Communication", "Machine"]),

        // Level 5: the commands, for any recipes; one import for users; the program
        .target(
            name: "LockstepCommand",
            dependencies: [
                "Messages", "Kernels", "TensorEngine", "DataParallel", "Communication", "MPICommunication",
                "Checkpoints", "RunRecords", "Settings", "Optimizers", "Training", "Search", "Diagnosis", "Export",
                "Report", "Benchmarks", "Doctor", "Machine", "Datasets", "Tokenizers", "Explanations", "Layers",
                "DifferentiablePrograms",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        .target(
            name: "Lockstep",
            dependencies: [
                "Timeline", "Kernels", "TensorEngine", "Layers", "Optimizers", "Communication", "MPICommunication",
                "DataParallel", "Checkpoints", "Datasets", "Tokenizers", "RunRecords", "Settings", "Training", "Search",
                "Diagnosis", "Explanations", "DifferentiablePrograms",
                "Export", "Report", "Recipes", "LearningRecipes", "LockstepCommand", "SamplingRecipes", "Probability",
                "Circuits",
                "ActingRecipes", "Environments", "EvolutionRecipes", "Evolution",
            ]),
        .executableTarget(name: "LockstepTool", dependencies: ["Lockstep"]),

        // Tests
        .target(name: "TestSupport", path: "Tests/TestSupport"),
        .testTarget(name: "MachineTests", dependencies: ["Machine"]),
        .testTarget(
            name: "KernelsTests", dependencies: ["Kernels", "CKernels"], exclude: ["reference_halves.py"]),
        .testTarget(
            name: "TensorEngineTests", dependencies: ["TensorEngine", "Kernels"],
            exclude: ["reference_operations.py", "reference_sequences.py"]),
        .testTarget(
            name: "LayersTests", dependencies: ["Layers", "TensorEngine", "Kernels"],
            exclude: [
                "reference_images.py", "reference_losses.py", "reference_precision.py", "reference_recurrent.py",
                "reference_transformer.py",
            ]),
        .testTarget(
            name: "OptimizersTests", dependencies: ["Optimizers", "TensorEngine", "Kernels"],
            exclude: ["reference.py"]),
        .target(
            name: "CommunicatorContract", dependencies: ["Communication"], path: "Tests/CommunicatorContract"),
        .testTarget(name: "CommunicationTests", dependencies: ["Communication", "CommunicatorContract"]),
        .executableTarget(
            name: "MPIContract",
            dependencies: ["Communication", "MPICommunication", "CommunicatorContract", "Kernels"],
            path: "Tests/MPIContract"),
        .testTarget(
            name: "DataParallelTests",
            dependencies: [
                "DataParallel", "TensorEngine", "Kernels", "CKernels", "Layers", "Optimizers", "Communication",
            ],
            exclude: ["reference_compression.py", "reference_normalization.py", "reference_shards.py"]),
        .testTarget(
            name: "CircuitsTests", dependencies: ["Circuits", "TensorEngine"], exclude: ["reference_circuits.py"]),
        .testTarget(
            name: "ProbabilityTests", dependencies: ["Probability", "TensorEngine"],
            exclude: [
                "reference_curvature.py",
                "reference_calibration.py", "reference_diagnostics.py", "reference_distributions.py",
                "reference_posteriors.py",
            ]),
        .testTarget(name: "MessagesTests", dependencies: ["Messages"]),
        .testTarget(
            name: "SettingsTests",
            dependencies: [
                "Settings", "TensorEngine", "Optimizers", "DataParallel", "Datasets", "Communication", "Training",
                "Recipes", "LearningRecipes", "SamplingRecipes", "ActingRecipes", "EvolutionRecipes", "Environments",
                "Layers",
                "TestSupport",
            ]),
        .testTarget(name: "CheckpointsTests", dependencies: ["Checkpoints", "TestSupport"]),
        .testTarget(
            name: "TokenizersTests", dependencies: ["Tokenizers", "Checkpoints"],
            exclude: ["reference_tokenizers.py", "Fixtures"]),
        .testTarget(
            name: "DatasetsTests",
            dependencies: ["TestSupport", "Datasets", "TensorEngine", "Kernels", "CKernels", "CZlib", "Communication"],
            exclude: [
                "Fixtures", "reference_arrays.py", "reference_audio.py", "reference_bleu.py", "reference_images.py",
                "reference_tables.py", "reference_translation_scores.py",
            ]),
        .target(
            name: "TrainingTestSupport",
            dependencies: [
                "TestSupport", "Training", "Settings", "Optimizers", "Checkpoints", "Communication", "Datasets",
                "Layers",
                "TensorEngine",
            ],
            path: "Tests/TrainingTestSupport"),
        .testTarget(name: "RunRecordsTests", dependencies: ["RunRecords", "TestSupport"]),
        .testTarget(
            name: "ReportTests", dependencies: ["Report", "RunRecords", "TestSupport"], exclude: ["browse_report.py"]),
        .testTarget(
            name: "TrainingTests",
            dependencies: [
                "Training", "Search", "Diagnosis", "RunRecords", "Settings", "TestSupport", "TrainingTestSupport",
                "DataParallel",
                "Checkpoints", "Communication", "Datasets", "Kernels", "Layers", "Optimizers", "TensorEngine",
                "Timeline",
            ],
            exclude: ["reference_metrics.py", "reference_schedules.py", "reference_second_order.py"]),
        .testTarget(
            name: "SearchTests",
            dependencies: [
                "Search", "Training", "Settings", "RunRecords", "Checkpoints", "Communication", "TestSupport",
                "TrainingTestSupport", "Datasets", "Layers", "TensorEngine",
            ]),
        .testTarget(
            name: "RecipesTests",
            dependencies: [
                "Search", "RunRecords", "Recipes", "LearningRecipes", "Training", "Settings", "Checkpoints",
                "Communication", "Datasets", "Layers", "TensorEngine", "TestSupport",
            ],
            exclude: ["reference_gpt2.py", "Fixtures"]),
        .testTarget(
            name: "LearningRecipesTests",
            dependencies: [
                "LearningRecipes", "Training", "Settings", "Datasets", "Layers", "TensorEngine", "Communication",
                "TestSupport",
            ],
            exclude: ["reference_drift.py", "reference_frechet.py", "reference_probe.py"]),
        .testTarget(
            name: "SamplingRecipesTests",
            dependencies: [
                "SamplingRecipes", "Recipes", "Probability", "Training", "Settings", "Datasets", "Layers",
                "TensorEngine", "Communication", "TestSupport",
            ]),
        .testTarget(
            name: "ActingRecipesTests",
            dependencies: [
                "ActingRecipes", "Environments", "Training", "Settings", "RunRecords", "Datasets", "Layers",
                "TensorEngine", "Communication", "TestSupport",
            ]),
        .testTarget(
            name: "EvolutionTests", dependencies: ["Evolution", "Kernels"], exclude: ["reference_evolution.py"]),
        .testTarget(
            name: "EvolutionRecipesTests",
            dependencies: [
                "EvolutionRecipes", "Training", "Settings", "RunRecords", "Communication", "TestSupport",
            ]),
        .testTarget(
            name: "EnvironmentsTests", dependencies: ["Environments"], exclude: ["reference_environments.py"]),
        .testTarget(
            name: "ExportTests",
            dependencies: [
                "Export", "Recipes", "Training", "Settings", "Layers", "TensorEngine", "Kernels", "Checkpoints",
                "Communication", "Datasets", "TestSupport",
            ],
            exclude: ["check_exports.py", "check_round_trips.py", "check_transfer.py"]),
        .testTarget(
            name: "DifferentiableProgramsTests",
            dependencies: ["DifferentiablePrograms", "TensorEngine", "Kernels"],
            exclude: ["reference_programs.py"]),
        .testTarget(
            name: "ExplanationsTests",
            dependencies: ["Explanations", "Layers", "TensorEngine", "Kernels"],
            exclude: ["reference_explanations.py"]),
        .testTarget(
            name: "BenchmarksTests",
            dependencies: [
                "Benchmarks", "Communication", "DataParallel", "Datasets", "Kernels", "Layers", "TensorEngine",
                "Training", "Diagnosis",
            ],
            exclude: ["simgrid_step.cpp"]),
        .testTarget(
            name: "DoctorTests", dependencies: ["Doctor", "Communication", "Machine", "TestSupport"]),
        .target(
            name: "FuzzTargets",
            dependencies: [
                "Checkpoints", "Tokenizers", "Datasets", "RunRecords", "Settings", "Training", "Diagnosis", "Search",
                "Recipes",
            ],
            path: "Tests/Fuzzing/Targets"),
        .testTarget(name: "FuzzingTests", dependencies: ["FuzzTargets"]),
        // As a user of the library: without the symbols that only this package sees
        .testTarget(
            name: "LibraryUserTests", dependencies: ["Lockstep"], exclude: ["reference_seams.py"],
            packageAccess: false),
        .executableTarget(name: "LibraryExample", dependencies: ["Lockstep"], path: "Tests/LibraryExample"),
        .testTarget(name: "EndToEndTests", dependencies: ["Checkpoints", "TestSupport"]),
    ]
)

// libFuzzer has the main function of this one: Tests/Fuzzing/run builds it
if Context.environment["LOCKSTEP_FUZZ"] != nil {
    package.targets.append(
        .executableTarget(name: "Fuzzer", dependencies: ["FuzzTargets"], path: "Tests/Fuzzing/Fuzzer"))
}

for target in package.targets where target.type != .system {
    // every folder of Sources has one
    if target.path == nil && target.type != .test { target.exclude.append("README.md") }
    target.swiftSettings = [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .treatAllWarnings(as: .error),
    ]
    target.cSettings = [.treatAllWarnings(as: .error)]
    if Context.environment["LOCKSTEP_FUZZ"] != nil { target.swiftSettings?.append(.define("LOCKSTEP_FUZZ")) }
}
