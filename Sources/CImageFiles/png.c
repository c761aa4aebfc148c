#include "CImageFiles.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <png.h>

struct source {
    const uint8_t *bytes;
    size_t count;
    char *message;
};

static void stop(png_structp png, png_const_charp text) {
    struct source *source = png_get_error_ptr(png);
    snprintf(source->message, LOCKSTEP_IMAGE_MESSAGE, "%s", text);
    longjmp(png_jmpbuf(png), 1);
}

static void warn(png_structp png, png_const_charp text) {
    (void)png;
    (void)text;
}

static void take(png_structp png, png_bytep target, size_t count) {
    struct source *source = png_get_io_ptr(png);
    if (count > source->count) png_error(png, "the file ends too early");
    memcpy(target, source->bytes, count);
    source->bytes += count;
    source->count -= count;
}

// A reader of `source`, which outlives it.
static png_structp make_reader(struct source *source, png_infop *info) {
    source->message[0] = 0;
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, source, stop, warn);
    *info = png ? png_create_info_struct(png) : NULL;
    if (*info) return png;
    png_destroy_read_struct(&png, NULL, NULL);
    snprintf(source->message, LOCKSTEP_IMAGE_MESSAGE, "no memory for libpng");
    return NULL;
}

static void read_header(png_structp png, png_infop info, struct source *source) {
    png_set_read_fn(png, source, take);
    png_set_user_limits(png, 0x7fffffff, 0x7fffffff);
    // texts, profiles and other chunks that are not used
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
    png_read_info(png, info);
}

int lockstep_png_header(const uint8_t *bytes, size_t count, lockstep_image_header *header, char *message) {
    struct source source = {bytes, count, message};
    png_infop info;
    png_structp png = make_reader(&source, &info);
    if (!png) return 1;
    if (setjmp(png_jmpbuf(png))) {
        png_destroy_read_struct(&png, &info, NULL);
        return 1;
    }
    read_header(png, info, &source);
    header->width = png_get_image_width(png, info);
    header->height = png_get_image_height(png, info);
    header->is_gray = !(png_get_color_type(png, info) & PNG_COLOR_MASK_COLOR);
    header->has_luma = 0;
    // deflate saves 1031 of 1032 bytes at most
    header->least_bytes = (uint64_t)png_get_rowbytes(png, info) * header->height / 1032;
    png_destroy_read_struct(&png, &info, NULL);
    return 0;
}

int lockstep_png_decode(const uint8_t *bytes, size_t count, int channels, uint8_t *pixels, size_t capacity,
                        char *message) {
    struct source source = {bytes, count, message};
    png_infop info;
    png_structp png = make_reader(&source, &info);
    if (!png) return 1;
    if (setjmp(png_jmpbuf(png))) {
        png_destroy_read_struct(&png, &info, NULL);
        return 1;
    }
    read_header(png, info, &source);
    png_set_expand(png);
    png_set_scale_16(png);
    png_set_strip_alpha(png);
    if (channels == 3) png_set_gray_to_rgb(png);
    const int passes = png_set_interlace_handling(png);
    png_read_update_info(png, info);
    const size_t row = png_get_rowbytes(png, info), height = png_get_image_height(png, info);
    if (png_get_channels(png, info) != channels || row * height != capacity) {
        snprintf(message, LOCKSTEP_IMAGE_MESSAGE, "%zu rows of %zu bytes in place of %zu bytes", height, row, capacity);
        png_destroy_read_struct(&png, &info, NULL);
        return 1;
    }
    for (int pass = 0; pass < passes; pass++)
        for (size_t y = 0; y < height; y++) png_read_row(png, pixels + y * row, NULL);
    png_destroy_read_struct(&png, &info, NULL);
    return 0;
}

struct output {
    uint8_t *bytes;
    size_t count, capacity;
};

static void put(png_structp png, png_bytep bytes, size_t count) {
    struct output *output = png_get_io_ptr(png);
    if (count > output->capacity - output->count) png_error(png, "no room for the image");
    memcpy(output->bytes + output->count, bytes, count);
    output->count += count;
}

static void flush(png_structp png) { (void)png; }

int lockstep_png_encode(const uint8_t *pixels, uint32_t width, uint32_t height, int channels, uint8_t *target,
                        size_t capacity, size_t *count, char *message) {
    struct source errors = {NULL, 0, message};
    struct output output = {target, 0, capacity};
    message[0] = 0;
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &errors, stop, warn);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    if (!info) {
        png_destroy_write_struct(&png, NULL);
        snprintf(message, LOCKSTEP_IMAGE_MESSAGE, "no memory for libpng");
        return 1;
    }
    if (setjmp(png_jmpbuf(png))) {
        png_destroy_write_struct(&png, &info);
        return 1;
    }
    png_set_user_limits(png, 0x7fffffff, 0x7fffffff);
    png_set_write_fn(png, &output, put, flush);
    png_set_filter(png, 0, PNG_FILTER_NONE);
    png_set_compression_buffer_size(png, capacity < 1 << 20 ? capacity : 1 << 20);
    png_set_IHDR(png, info, width, height, 8, channels == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB,
                 PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(png, info);
    const size_t row = (size_t)width * (size_t)channels;
    for (size_t y = 0; y < height; y++) png_write_row(png, pixels + y * row);
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
    *count = output.count;
    return 0;
}
