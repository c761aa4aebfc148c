import Foundation
import Messages

/// Weights in a file of `torch.save`: a pickle, which can run any code when it is read, and is therefore not read here.
struct PickledWeights: Error, CustomStringConvertible {
    let path: String

    /// Throws if the file at `path`, or of the folder of a model of Hugging Face the only one with weights, is one.
    static func check(_ path: String) throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return }
        if isFolder.boolValue {
            let pickle = path + "/pytorch_model.bin"
            let hasOther = FileManager.default.fileExists(atPath: path + "/model.safetensors")
            if !hasOther, FileManager.default.fileExists(atPath: pickle) { throw PickledWeights(path: pickle) }
            return
        }
        guard let file = FileHandle(forReadingAtPath: path) else { return }
        let start = [UInt8]((try? file.read(upToCount: 4)) ?? Data())
        // a zip archive since PyTorch 1.6, a pickle of protocol 2 before
        if start.starts(with: [0x50, 0x4b, 3, 4]) || (start.count >= 2 && start[0] == 0x80 && start[1] <= 5) {
            throw PickledWeights(path: path)
        }
    }

    var description: String {
        let target = (path as NSString).deletingPathExtension + ".safetensors"
        return
            "cannot use \(path.printable): found a file of torch.save, which can run code when it is read; convert it once: "
            + "python3 -c 'import sys, torch; from safetensors.torch import save_file; w = torch.load(sys.argv[1], "
            + "map_location=\"cpu\", weights_only=True); w = w.get(\"state_dict\", w.get(\"model\", w)); "
            + "save_file({k: v.clone().contiguous() for k, v in w.items()}, sys.argv[2], {\"format\": \"pt\"})' "
            + "\(path.shellWord) \(target.shellWord)"
    }
}
