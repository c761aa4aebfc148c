extension Settings {
    static let dataKeys: [SettingKey] = [
        SettingKey(
            "data.path", \.data.path, .optional(.anyText), changesOnResume: true, "file or directory of the data"),
        SettingKey(
            "data.test_path", \.data.testPath, .optional(.anyText), changesOnResume: true,
            "file of the test data, instead of a part of data.path"),
        SettingKey(
            "data.test_fraction", \.data.testFraction, .number(.belowOne),
            "part of data.path that is for testing, where there is no data.test_path: chosen by the seed, but of char-lm's "
                + "text the end"),
        SettingKey(
            "csv.target", \.csv.target, .columnName,
            "column that is predicted; none = the last; a name in quotes is taken as it is"),
        SettingKey(
            "csv.task", \.csv.task, .choice,
            "what is learned; automatic: regression where the target is numbers, else classification"),
        SettingKey(
            "csv.ignore", \.csv.ignore, .csvList,
            "columns that are not used, separated by commas; names with commas or blanks around them in double quotes"),
        SettingKey(
            "csv.weight", \.csv.weight, .columnName,
            "column of the rows' weights, by which loss and scores are multiplied; no input"),
        SettingKey(
            "csv.types", \.csv.types, .columnTypes,
            "what columns are, such as zip=category, year=number: number, category, date, date_dmy, date_mdy or ignore"),
        SettingKey("csv.separator", \.csv.separator, .choice, "what stands between the fields of a row"),
        SettingKey(
            "csv.header", \.csv.header, .choice,
            "whether the first row names the columns (false: column1, column2, ...); automatic: it does, and is refused where it looks like data"
        ),
        SettingKey("csv.decimal", \.csv.decimal, .choice, "sign before the fraction of a number"),
        SettingKey("csv.thousands", \.csv.thousands, .choice, "sign between groups of three digits"),
        SettingKey(
            "csv.missing", \.csv.missing, .csvList,
            "texts that stand for a missing value besides the usual ones (NA, N/A, NaN, null, None, ?, nothing, ...)"),
        SettingKey(
            "csv.usual_missing", \.csv.usualMissing, .flag,
            "whether the usual texts stand for a missing value; in double quotes they are texts"),
        SettingKey("text.tokens", \.text.tokens, .choice, "what texts are cut into"),
        SettingKey(
            "text.vocabulary", \.text.vocabulary, .whole(atLeast: 1, atMost: 10_000_000),
            "most tokens that are told apart: the most frequent ones"),
        SettingKey(
            "translation.label_smoothing", \.translation.labelSmoothing, .number(.belowOne),
            "part of each target's probability that is spread over all tokens"),
        SettingKey(
            "translation.beam", \.translation.beam, .whole(atLeast: 1, atMost: 1000), changesOnResume: true,
            "hypotheses that the search for a translation keeps"),
        SettingKey(
            "translation.length_penalty", \.translation.lengthPenalty, .number(.zeroOrMore), changesOnResume: true,
            "how much longer translations are preferred: the exponent of the length penalty"),
    ]

    static let modelKeys: [SettingKey] = [
        SettingKey("model.name", \.model.name, .anyText, "architecture; the recipe says which there are"),
        SettingKey(
            "model.hidden", \.model.hidden, .wholes(atLeast: 1, atMost: 1_000_000), "units of each hidden layer"),
        SettingKey(
            "model.dropout", \.model.dropout, .number(.belowOne),
            "probability that a unit, or a weight of attention, is dropped"),
        SettingKey(
            "model.layers", \.model.layers, .whole(atLeast: 1, atMost: 10_000),
            "blocks of a transformer, layers of a recurrent network"),
        SettingKey(
            "model.heads", \.model.heads, .whole(atLeast: 1, atMost: 1_000_000), "heads of each block's attention"),
        SettingKey(
            "model.width", \.model.width, .whole(atLeast: 1, atMost: 1_000_000),
            "elements of each token within a transformer, units of a recurrent layer"),
        SettingKey(
            "model.context", \.model.context, .whole(atLeast: 1, atMost: 1_000_000_000),
            "most tokens that are seen at once"),
        SettingKey(
            "model.recompute", \.model.recompute, .flag, changesOnResume: true,
            "compute the blocks of resnet… and gpt again in the backward pass: less memory, more time, the same bits"),
        SettingKey(
            "model.batch_norm", \.model.batchNorm, .choice,
            "moments that batch normalization takes in training: each shard's, or those of the global batch over all "
                + "ranks, each of which then computes its samples as one shard"),
    ]
}
