// Images: rows of width · channels bytes, with 1 channel (gray) or 3 (RGB). In whole numbers, so that all processors compute the same.
#ifndef LOCKSTEP_IMAGES_H
#define LOCKSTEP_IMAGES_H

#include <stddef.h>
#include <stdint.h>

// Resizing by a triangle filter as wide as the step between two outputs (bilinear with antialiasing, as Pillow's BILINEAR): the most
// inputs of an output, and for each output its first input, how many there are, and their weights in 22 binary places, `taps` apart.
size_t lockstep_resize_taps(size_t inputs, size_t outputs);
void lockstep_resize_weights(size_t inputs, size_t outputs, int32_t *starts, int32_t *counts, int32_t *weights);

// Outputs of one axis by their inputs and weights.
struct lockstep_resizing {
    size_t outputs, taps;
    const int32_t *starts, *counts, *weights;
};

// Rows of `resizing` outputs each from rows that lie `stride` bytes apart.
void lockstep_resize_rows(const uint8_t *image, size_t stride, size_t rows, int channels,
                          const struct lockstep_resizing *resizing, uint8_t *out);
// As many rows of `width` bytes as `resizing` has outputs, from rows that lie `stride` bytes apart.
void lockstep_resize_columns(const uint8_t *image, size_t stride, size_t width, const struct lockstep_resizing *resizing,
                             uint8_t *out);

// The image that EXIF's orientation (1 to 8) says is meant: 5 to 8 exchange height and width. 2 mirrors left to right.
void lockstep_image_orient(const uint8_t *image, size_t height, size_t width, int channels, int orientation, uint8_t *out);
// The image turned counterclockwise about its middle by the angle of this cosine and sine (in 16 binary places), bilinear; black
// comes in.
void lockstep_image_rotate(const uint8_t *image, size_t height, size_t width, int channels, int32_t cosine, int32_t sine,
                           uint8_t *out);
// Gray by the weights of ITU-R BT.601, of RGB.
void lockstep_image_gray(const uint8_t *rgb, size_t pixels, uint8_t *out);
// The mean of that gray, rounded.
int32_t lockstep_image_mean(const uint8_t *image, size_t pixels, int channels);
// image = factor · image + (1 - factor) · level, the factor in 12 binary places.
void lockstep_image_blend(uint8_t *image, size_t bytes, int32_t factor, int32_t level);
// The same with each pixel's own gray as the level, of RGB.
void lockstep_image_saturate(uint8_t *rgb, size_t pixels, int32_t factor);
// Turns the hue by `turn` / 24576 of the circle, of RGB.
void lockstep_image_turn_hue(uint8_t *rgb, size_t pixels, int32_t turn);
// Adds the sum of each channel, then the sum of squares of each.
void lockstep_image_sums(const uint8_t *image, size_t pixels, int channels, uint64_t *sums);
// out = byte · scale + shift, of each channel its own.
void lockstep_image_normalize(const uint8_t *image, size_t pixels, int channels, const float *scale, const float *shift,
                              float *out);

#endif
