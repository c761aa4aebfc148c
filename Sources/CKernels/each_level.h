// The file TEMPLATE, once for each level of instructions (levels.h); define it before, as a string.
#if HAS_LEVELS
BEGIN_V4
#define LEVEL_NAME(name) name##_v4
#define TILE_VECTORS 2
#include TEMPLATE
#undef LEVEL_NAME
#undef TILE_VECTORS
END_V4
BEGIN_V3
#define LEVEL_NAME(name) name##_v3
#define TILE_VECTORS 1
#include TEMPLATE
#undef LEVEL_NAME
#undef TILE_VECTORS
END_V3
#endif
#define LEVEL_NAME(name) name##_baseline
#define TILE_VECTORS 1
#include TEMPLATE
#undef LEVEL_NAME
#undef TILE_VECTORS
#undef TEMPLATE
