import Communication
import DataParallel

extension TrainingProgram {
    /// The watch over the ranks of this host, to be stopped when the run is over; nil where the settings want none. *Collective.*
    func makeWatch<Task>(_ run: AssembledRun<Task>, _ settings: WatchSettings) throws -> StallWatch? {
        guard settings.warnSeconds != 0 || settings.endSeconds != 0 else { return nil }
        let hostnames = run.context.hostnames
        let hosts = HostMap(names: hostnames).hostOfRank
        let rank = communicator.rank
        guard let host = try communicator.split(color: hosts[rank], key: rank) else { return nil }
        let board = try StatusBoard.make(over: host, rank: rank)
        run.context.status = board.own
        for learner in run.rule.learners { learner.dataParallel.status = board.own }
        return StallWatch(
            board, rank: rank, hostnames: hostnames, hosts: hosts, settings,
            .init(report: request.reportStall, endJob: request.endJob))
    }
}
