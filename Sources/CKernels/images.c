#include "clones.h"
#include "lockstep_images.h"

#include <string.h>

// The same rounding on all processors.
#pragma STDC FP_CONTRACT OFF

enum { PLACES = 22 };

static double filter_scale(size_t inputs, size_t outputs) {
    const double scale = (double)inputs / (double)outputs;
    return scale > 1 ? scale : 1;
}

size_t lockstep_resize_taps(size_t inputs, size_t outputs) {
    const double support = filter_scale(inputs, outputs);
    const size_t whole = (size_t)support;
    return 2 * (whole + ((double)whole < support)) + 1;
}

// Source: Pillow, Image.resize; the triangle is 1 at the center of the output and 0 `support` inputs away.
void lockstep_resize_weights(size_t inputs, size_t outputs, int32_t *starts, int32_t *counts, int32_t *weights) {
    const size_t taps = lockstep_resize_taps(inputs, outputs);
    const double scale = (double)inputs / (double)outputs, support = filter_scale(inputs, outputs), step = 1 / support;
    for (size_t output = 0; output < outputs; output++, weights += taps) {
        const double center = ((double)output + 0.5) * scale;
        const double low = center - support + 0.5, high = center + support + 0.5;
        const size_t first = low < 0 ? 0 : (size_t)low;
        size_t end = high > (double)inputs ? inputs : (size_t)high;
        if (end - first > taps) end = first + taps;
        double sum = 0;
        for (size_t i = first; i < end; i++) {
            const double distance = ((double)i - center + 0.5) * step;
            const double height = 1 - (distance < 0 ? -distance : distance);
            sum += height > 0 ? height : 0;
        }
        for (size_t i = first; i < end; i++) {
            const double distance = ((double)i - center + 0.5) * step;
            const double height = 1 - (distance < 0 ? -distance : distance);
            weights[i - first] = height > 0 ? (int32_t)(height / sum * (1 << PLACES) + 0.5) : 0;
        }
        starts[output] = (int32_t)first;
        counts[output] = (int32_t)(end - first);
    }
}

INLINE uint8_t byte_of(int32_t value) { return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value); }

typedef int32_t four __attribute__((vector_size(16)));
typedef uint8_t four_bytes __attribute__((vector_size(4)));

INLINE four load_pixel(const uint8_t *pixel, size_t bytes) {
    four_bytes b = {0, 0, 0, 0};
    memcpy(&b, pixel, bytes);
    return __builtin_convertvector(b, four);
}

// One row of RGB: `bytes` is 4 where a byte may be read beyond each pixel, else 3.
INLINE void resize_rgb_row(const uint8_t *row, const struct lockstep_resizing *r, size_t bytes, uint8_t *out) {
    const int32_t half = 1 << (PLACES - 1);
    for (size_t x = 0; x < r->outputs; x++) {
        const uint8_t *pixel = row + 3 * (size_t)r->starts[x];
        const int32_t *weights = r->weights + x * r->taps;
        four sum = {half, half, half, half};
        for (int32_t k = 0; k < r->counts[x]; k++) sum += load_pixel(pixel + 3 * k, bytes) * weights[k];
        sum >>= PLACES;
        for (int c = 0; c < 3; c++) out[3 * x + (size_t)c] = byte_of(sum[c]);
    }
}

CLONES void lockstep_resize_rows(const uint8_t *image, size_t stride, size_t rows, int channels,
                                 const struct lockstep_resizing *resizing, uint8_t *out) {
    for (size_t y = 0; y < rows; y++, image += stride, out += resizing->outputs * (size_t)channels) {
        if (channels == 3) {
            if (y + 1 < rows)
                resize_rgb_row(image, resizing, 4, out);
            else
                resize_rgb_row(image, resizing, 3, out);
            continue;
        }
        for (size_t x = 0; x < resizing->outputs; x++) {
            const uint8_t *pixel = image + resizing->starts[x];
            const int32_t *weights = resizing->weights + x * resizing->taps;
            int32_t sum = 1 << (PLACES - 1);
            for (int32_t k = 0; k < resizing->counts[x]; k++) sum += pixel[k] * weights[k];
            out[x] = byte_of(sum >> PLACES);
        }
    }
}

CLONES void lockstep_resize_columns(const uint8_t *image, size_t stride, size_t width,
                                    const struct lockstep_resizing *resizing, uint8_t *out) {
    enum { BLOCK = 256 };
    int32_t sums[BLOCK];
    for (size_t y = 0; y < resizing->outputs; y++, out += width) {
        const uint8_t *first = image + (size_t)resizing->starts[y] * stride;
        const int32_t *weights = resizing->weights + y * resizing->taps;
        const int32_t count = resizing->counts[y];
        for (size_t start = 0; start < width; start += BLOCK) {
            const size_t n = width - start < BLOCK ? width - start : BLOCK;
            for (size_t i = 0; i < n; i++) sums[i] = 1 << (PLACES - 1);
            for (int32_t k = 0; k < count; k++) {
                const uint8_t *row = first + (size_t)k * stride + start;
                const int32_t weight = weights[k];
                for (size_t i = 0; i < n; i++) sums[i] += row[i] * weight;
            }
            for (size_t i = 0; i < n; i++) out[start + i] = byte_of(sums[i] >> PLACES);
        }
    }
}

void lockstep_image_orient(const uint8_t *image, size_t height, size_t width, int channels, int orientation,
                           uint8_t *out) {
    const ptrdiff_t c = channels, row = (ptrdiff_t)width * c;
    const ptrdiff_t last_row = ((ptrdiff_t)height - 1) * row, last_column = ((ptrdiff_t)width - 1) * c;
    // where output (0, 0) comes from, and the steps for a row and a column of the output
    ptrdiff_t start = 0, down = row, right = c;
    switch (orientation) {
    case 2: start = last_column, right = -c; break;
    case 3: start = last_row + last_column, down = -row, right = -c; break;
    case 4: start = last_row, down = -row; break;
    case 5: down = c, right = row; break;
    case 6: start = last_row, down = c, right = -row; break;
    case 7: start = last_row + last_column, down = -c, right = -row; break;
    case 8: start = last_column, down = -c, right = row; break;
    default: break;
    }
    const size_t rows = orientation > 4 ? width : height, columns = orientation > 4 ? height : width;
    for (size_t y = 0; y < rows; y++) {
        const uint8_t *pixel = image + start + (ptrdiff_t)y * down;
        for (size_t x = 0; x < columns; x++, pixel += right) {
            *out++ = pixel[0];
            if (channels == 3) {
                *out++ = pixel[1];
                *out++ = pixel[2];
            }
        }
    }
}

INLINE int32_t pixel_or_black(const uint8_t *image, int64_t height, int64_t width, int channels, int64_t y, int64_t x,
                              int c) {
    return y < 0 || y >= height || x < 0 || x >= width ? 0 : image[(y * width + x) * channels + c];
}

CLONES void lockstep_image_rotate(const uint8_t *image, size_t height, size_t width, int channels, int32_t cosine,
                                  int32_t sine, uint8_t *out) {
    const int64_t h = (int64_t)height, w = (int64_t)width;
    for (int64_t y = 0; y < h; y++) {
        for (int64_t x = 0; x < w; x++) {
            // twice the distance from the middle, so that it is whole
            const int64_t dx = 2 * x - (w - 1), dy = 2 * y - (h - 1);
            const int64_t u = (cosine * dx - sine * dy + (w - 1) * 65536) >> 1;
            const int64_t v = (sine * dx + cosine * dy + (h - 1) * 65536) >> 1;
            const int64_t left = u >> 16, top = v >> 16;
            const int32_t fx = (int32_t)(u >> 8 & 255), fy = (int32_t)(v >> 8 & 255);
            for (int c = 0; c < channels; c++) {
                const int32_t a = pixel_or_black(image, h, w, channels, top, left, c);
                const int32_t b = pixel_or_black(image, h, w, channels, top, left + 1, c);
                const int32_t d = pixel_or_black(image, h, w, channels, top + 1, left, c);
                const int32_t e = pixel_or_black(image, h, w, channels, top + 1, left + 1, c);
                const int32_t upper = a * (256 - fx) + b * fx, lower = d * (256 - fx) + e * fx;
                *out++ = (uint8_t)((upper * (256 - fy) + lower * fy + 32768) >> 16);
            }
        }
    }
}

INLINE int32_t gray_of(const uint8_t *rgb) {
    return (rgb[0] * 19595 + rgb[1] * 38470 + rgb[2] * 7471 + 32768) >> 16;
}

CLONES void lockstep_image_gray(const uint8_t *rgb, size_t pixels, uint8_t *out) {
    for (size_t i = 0; i < pixels; i++) out[i] = (uint8_t)gray_of(rgb + 3 * i);
}

CLONES int32_t lockstep_image_mean(const uint8_t *image, size_t pixels, int channels) {
    uint64_t sum = 0;
    for (size_t i = 0; i < pixels; i++) sum += (uint64_t)(channels == 3 ? gray_of(image + 3 * i) : image[i]);
    return pixels ? (int32_t)((sum + pixels / 2) / pixels) : 0;
}

INLINE uint8_t blended(int32_t value, int32_t factor, int32_t level) {
    return byte_of((value * factor + level * (4096 - factor) + 2048) >> 12);
}

CLONES void lockstep_image_blend(uint8_t *image, size_t bytes, int32_t factor, int32_t level) {
    for (size_t i = 0; i < bytes; i++) image[i] = blended(image[i], factor, level);
}

CLONES void lockstep_image_saturate(uint8_t *rgb, size_t pixels, int32_t factor) {
    for (size_t i = 0; i < pixels; i++) {
        uint8_t *pixel = rgb + 3 * i;
        const int32_t gray = gray_of(pixel);
        for (int c = 0; c < 3; c++) pixel[c] = blended(pixel[c], factor, gray);
    }
}

// The hue of the HSV hexcone, in sectors of 4096: the largest color is `high`, the least `low`, and the third one rises from low to
// high in even sectors and falls in odd ones.
void lockstep_image_turn_hue(uint8_t *rgb, size_t pixels, int32_t turn) {
    enum { SECTOR = 4096, CIRCLE = 6 * SECTOR };
    turn %= CIRCLE;
    for (size_t i = 0; i < pixels; i++) {
        uint8_t *pixel = rgb + 3 * i;
        const int32_t r = pixel[0], g = pixel[1], b = pixel[2];
        const int32_t high = r > g ? (r > b ? r : b) : (g > b ? g : b);
        const int32_t low = r < g ? (r < b ? r : b) : (g < b ? g : b);
        const int32_t range = high - low;
        if (range == 0) continue;
        int32_t hue = high == r ? (g - b) * SECTOR / range
                    : high == g ? 2 * SECTOR + (b - r) * SECTOR / range
                                : 4 * SECTOR + (r - g) * SECTOR / range;
        hue = ((hue + turn) % CIRCLE + CIRCLE) % CIRCLE;
        const int32_t sector = hue / SECTOR, part = hue % SECTOR;
        const uint8_t top = (uint8_t)high, bottom = (uint8_t)low;
        const uint8_t rising = (uint8_t)(low + (range * part + SECTOR / 2) / SECTOR);
        const uint8_t falling = (uint8_t)(high - (range * part + SECTOR / 2) / SECTOR);
        const uint8_t colors[6][3] = {{top, rising, bottom}, {falling, top, bottom}, {bottom, top, rising},
                                      {bottom, falling, top}, {rising, bottom, top}, {top, bottom, falling}};
        memcpy(pixel, colors[sector], 3);
    }
}

CLONES void lockstep_image_sums(const uint8_t *image, size_t pixels, int channels, uint64_t *sums) {
    for (int c = 0; c < channels; c++) {
        uint64_t sum = 0, squares = 0;
        for (size_t i = 0; i < pixels; i++) {
            const uint32_t value = image[i * (size_t)channels + (size_t)c];
            sum += value;
            squares += value * value;
        }
        sums[c] += sum;
        sums[channels + c] += squares;
    }
}

CLONES void lockstep_image_normalize(const uint8_t *image, size_t pixels, int channels, const float *scale,
                                     const float *shift, float *out) {
    enum { BLOCK = 48 };
    float scales[BLOCK], shifts[BLOCK];
    for (int j = 0; j < BLOCK; j++) {
        scales[j] = scale[j % channels];
        shifts[j] = shift[j % channels];
    }
    const size_t n = pixels * (size_t)channels;
    size_t i = 0;
    for (; i + BLOCK <= n; i += BLOCK)
        for (size_t j = 0; j < BLOCK; j++) out[i + j] = (float)image[i + j] * scales[j] + shifts[j];
    for (size_t j = 0; i < n; i++, j++) out[i] = (float)image[i] * scales[j] + shifts[j];
}
