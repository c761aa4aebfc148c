// The settings are in the signatures of this module: whoever imports it sees them.
@_exported public import Settings
