#include "CKernels.h"
#include "clones.h"

#include <math.h>

// Channels are neighbors in memory: each window is walked in row-major order for a block of channels at a time.
enum { BLOCK = 64 };

#define FOR_EACH_WINDOW(w)                                                                    \
    for (size_t n = 0; n < (w)->batch; n++)                                                   \
        for (size_t i = 0; i < (w)->out_height; i++)                                          \
            for (size_t j = 0; j < (w)->out_width; j++)

#define FOR_EACH_TAP(w)                                                                       \
    for (int32_t r = (w)->row_start[i]; r < (w)->row_end[i]; r++)                             \
        for (int32_t c = (w)->column_start[j]; c < (w)->column_end[j]; c++)

#define IMAGE_PLACE(w) (((n * (w)->height + (size_t)r) * (w)->width + (size_t)c) * (w)->channels)
#define WINDOW_PLACE(w) (((n * (w)->out_height + i) * (w)->out_width + j) * (w)->channels)

INLINE void max_of_window(const lockstep_windows *w, const float *in, size_t n, size_t i, size_t j, size_t first,
                          size_t length, int relu, float *out, uint16_t *where) {
    float best[BLOCK];
    int32_t index[BLOCK];
    for (size_t k = 0; k < length; k++) {
        best[k] = -INFINITY;
        index[k] = 0;
    }
    int32_t tap = 0;
    FOR_EACH_TAP(w) {
        const float *x = in + IMAGE_PLACE(w) + first;
        for (size_t k = 0; k < length; k++) {
            // a value that is not a number wins, so that it stays visible
            const int better = x[k] > best[k] || x[k] != x[k];
            index[k] = better ? tap : index[k];
            best[k] = better ? x[k] : best[k];
        }
        tap++;
    }
    for (size_t k = 0; k < length; k++) out[k] = relu && best[k] < 0 ? 0.0f : best[k];
    for (size_t k = 0; k < length; k++) where[k] = (uint16_t)index[k];
}

CLONES void lockstep_max_pool(const lockstep_windows *w, const float *in, int relu, float *out, uint16_t *where) {
    FOR_EACH_WINDOW(w) {
        const size_t base = WINDOW_PLACE(w);
        size_t first = 0;
        for (; first + BLOCK <= w->channels; first += BLOCK)
            max_of_window(w, in, n, i, j, first, BLOCK, relu, out + base + first, where + base + first);
        for (; first + 16 <= w->channels; first += 16)
            max_of_window(w, in, n, i, j, first, 16, relu, out + base + first, where + base + first);
        if (first < w->channels)
            max_of_window(w, in, n, i, j, first, w->channels - first, relu, out + base + first, where + base + first);
    }
}

CLONES void lockstep_max_scatter(const lockstep_windows *w, const float *cotangent, const float *mask,
                                 const uint16_t *where, float *out) {
    // Windows that do not overlap and leave no gap write each element once: no need to clear and to add.
    int is_partition = w->row_start[0] == 0 && w->column_start[0] == 0 &&
                       (size_t)w->row_end[w->out_height - 1] == w->height &&
                       (size_t)w->column_end[w->out_width - 1] == w->width;
    for (size_t i = 1; i < w->out_height; i++) is_partition &= w->row_start[i] == w->row_end[i - 1];
    for (size_t j = 1; j < w->out_width; j++) is_partition &= w->column_start[j] == w->column_end[j - 1];
    const size_t count = w->batch * w->height * w->width * w->channels;
    if (!is_partition)
        for (size_t k = 0; k < count; k++) out[k] = 0;
    FOR_EACH_WINDOW(w) {
        const size_t base = WINDOW_PLACE(w);
        for (size_t first = 0; first < w->channels; first += BLOCK) {
            const size_t length = w->channels - first < BLOCK ? w->channels - first : BLOCK;
            const float *from = cotangent + base + first;
            float g[BLOCK];
            int32_t index[BLOCK];
            for (size_t k = 0; k < length; k++) g[k] = from[k];
            if (mask)
                for (size_t k = 0; k < length; k++) g[k] = mask[base + first + k] > 0 ? g[k] : 0.0f;
            for (size_t k = 0; k < length; k++) index[k] = where[base + first + k];
            int32_t tap = 0;
            FOR_EACH_TAP(w) {
                float *to = out + IMAGE_PLACE(w) + first;
                if (is_partition)
                    for (size_t k = 0; k < length; k++) to[k] = index[k] == tap ? g[k] : 0.0f;
                else
                    for (size_t k = 0; k < length; k++) to[k] += index[k] == tap ? g[k] : 0.0f;
                tap++;
            }
        }
    }
}

CLONES void lockstep_max_gather(const lockstep_windows *w, const float *in, const float *mask, const uint16_t *where,
                                float *out) {
    FOR_EACH_WINDOW(w) {
        const size_t base = WINDOW_PLACE(w);
        int32_t tap = 0;
        for (size_t k = 0; k < w->channels; k++) out[base + k] = 0;
        FOR_EACH_TAP(w) {
            const float *x = in + IMAGE_PLACE(w);
            for (size_t k = 0; k < w->channels; k++)
                out[base + k] = where[base + k] == tap && (!mask || mask[base + k] > 0) ? x[k] : out[base + k];
            tap++;
        }
    }
}

CLONES void lockstep_window_sum(const lockstep_windows *w, const float *in, const float *scale, float *out) {
    FOR_EACH_WINDOW(w) {
        float *to = out + WINDOW_PLACE(w);
        for (size_t k = 0; k < w->channels; k++) to[k] = 0;
        FOR_EACH_TAP(w) {
            const float *x = in + IMAGE_PLACE(w);
            for (size_t k = 0; k < w->channels; k++) to[k] += x[k];
        }
        const float factor = scale[i * w->out_width + j];
        for (size_t k = 0; k < w->channels; k++) to[k] *= factor;
    }
}

CLONES void lockstep_window_spread(const lockstep_windows *w, const float *cotangent, const float *scale, float *out) {
    const size_t count = w->batch * w->height * w->width * w->channels;
    for (size_t k = 0; k < count; k++) out[k] = 0;
    FOR_EACH_WINDOW(w) {
        const float *g = cotangent + WINDOW_PLACE(w);
        const float factor = scale[i * w->out_width + j];
        FOR_EACH_TAP(w) {
            float *to = out + IMAGE_PLACE(w);
            for (size_t k = 0; k < w->channels; k++) to[k] += g[k] * factor;
        }
    }
}
