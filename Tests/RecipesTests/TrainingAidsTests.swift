import Checkpoints
import TestSupport
import Testing

@Suite("Augmentation and recomputation, on threads as ranks")
struct TrainingAidsTests {
    let trainer: Trainer

    init() throws { trainer = try Trainer() }

    @Test("Augmented images are the same on any number of ranks, and in a run that was resumed")
    func augmentation() throws {
        let values = trainer.images([
            "augment.flip=0.5", "augment.crop_padding=2", "augment.shift=0.1", "augment.cutout=6", "augment.noise=0.1",
            "augment.mixup=0.4", "schedule.name=constant",
        ])
        let expected = try trainer.train("1", values + ["epochs=2"])
        let three = try trainer.train("3", ranks: 3, values + ["epochs=2"])
        #expect(three.model == expected.model && three.optimizer == expected.optimizer)
        try trainer.train("resumed", ranks: 2, values + ["steps=21"])
        let resumed = try trainer.train("resumed", resumes: true, values + ["steps=none", "epochs=2"])
        #expect(resumed.model == expected.model && resumed.optimizer == expected.optimizer)
        #expect(try trainer.train("plain", trainer.images(["epochs=2"])).model != expected.model)
    }

    @Test("Blocks that are computed again give the same weights")
    func recomputation() throws {
        let values = trainer.images(["model.name=resnet20", "steps=2", "global_batch=8", "evaluate.every=0"])
        let expected = try trainer.train("kept", values).model
        #expect(try trainer.train("again", ranks: 2, values + ["model.recompute=true"]).model == expected)
        let synchronized = values + ["model.batch_norm=synchronized"]
        let other = try trainer.train("synchronized kept", ranks: 2, synchronized).model
        let again = try trainer.train("synchronized again", ranks: 2, synchronized + ["model.recompute=true"]).model
        #expect(again == other)
    }
}
