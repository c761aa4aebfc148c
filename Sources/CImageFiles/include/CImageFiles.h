// Decoding of JPEG and PNG images in memory, and encoding of PNG: errors are returned, with a message.
#ifndef LOCKSTEP_IMAGE_FILES_H
#define LOCKSTEP_IMAGE_FILES_H

#include <stddef.h>
#include <stdint.h>

// Room for a message with its end.
enum { LOCKSTEP_IMAGE_MESSAGE = 256 };

// What the header of an image says.
typedef struct {
    uint32_t width, height;  // in pixels, as they lie in the file
    int is_gray;             // one channel
    int has_luma;            // can be decoded to one channel although it has colors
    uint64_t least_bytes;    // the fewest bytes that a file with so many pixels has
} lockstep_image_header;

// Each returns 0, or 1 with a message.
int lockstep_jpeg_header(const uint8_t *bytes, size_t count, lockstep_image_header *header, char *message);
int lockstep_png_header(const uint8_t *bytes, size_t count, lockstep_image_header *header, char *message);

// Decodes to rows of width · channels bytes, 1 (gray) or 3 (RGB), into `pixels`, which has room for `capacity` bytes.
//
// A JPEG is scaled by eighths / 8 (1, 2, 4 or 8) while it is decoded: the sides are rounded up. Damage that costs pixels, such as an
// end before the last row, is an error; superfluous bytes are not.
int lockstep_jpeg_decode(const uint8_t *bytes, size_t count, int eighths, int channels, uint8_t *pixels, size_t capacity,
                         char *message);
int lockstep_png_decode(const uint8_t *bytes, size_t count, int channels, uint8_t *pixels, size_t capacity,
                        char *message);

// Encodes rows of width · channels bytes, 1 (gray) or 3 (RGB), as PNG without filters into `target`, which has room for `capacity` bytes;
// `count` becomes the bytes of the image.
int lockstep_png_encode(const uint8_t *pixels, uint32_t width, uint32_t height, int channels, uint8_t *target,
                        size_t capacity, size_t *count, char *message);

#endif
