#include "CImageFiles.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

// A file with more scans than this is made to take long.
enum { MOST_SCANS = 200 };

struct errors {
    struct jpeg_error_mgr base;
    jmp_buf caller;
    char *message;
};

static void stop(j_common_ptr info) {
    struct errors *errors = (struct errors *)info->err;
    char text[JMSG_LENGTH_MAX];
    info->err->format_message(info, text);
    snprintf(errors->message, LOCKSTEP_IMAGE_MESSAGE, "%s", text);
    longjmp(errors->caller, 1);
}

static void warn(j_common_ptr info, int level) {
    if (level >= 0) return;
    switch (info->err->msg_code) {
    case JWRN_JPEG_EOF:
    case JWRN_HIT_MARKER:
    case JWRN_HUFF_BAD_CODE:
    case JWRN_ARITH_BAD_CODE:
    case JWRN_MUST_RESYNC: stop(info);
    default: return;
    }
}

static void watch(j_common_ptr info) {
    if (!info->is_decompressor || ((j_decompress_ptr)info)->input_scan_number <= MOST_SCANS) return;
    struct errors *errors = (struct errors *)info->err;
    snprintf(errors->message, LOCKSTEP_IMAGE_MESSAGE, "more than %d scans", MOST_SCANS);
    longjmp(errors->caller, 1);
}

static void begin(struct jpeg_decompress_struct *info, struct jpeg_progress_mgr *progress, const uint8_t *bytes,
                  size_t count) {
    jpeg_create_decompress(info);
    memset(progress, 0, sizeof *progress);
    progress->progress_monitor = watch;
    info->progress = progress;
    jpeg_mem_src(info, bytes, count);
    jpeg_read_header(info, TRUE);
}

static void set_handlers(struct errors *errors, char *message) {
    jpeg_std_error(&errors->base);
    errors->base.error_exit = stop;
    errors->base.emit_message = warn;
    errors->message = message;
    message[0] = 0;
}

int lockstep_jpeg_header(const uint8_t *bytes, size_t count, lockstep_image_header *header, char *message) {
    struct jpeg_decompress_struct info;
    struct jpeg_progress_mgr progress;
    struct errors errors;
    memset(&info, 0, sizeof info);
    set_handlers(&errors, message);
    info.err = &errors.base;
    if (setjmp(errors.caller)) {
        jpeg_destroy_decompress(&info);
        return 1;
    }
    begin(&info, &progress, bytes, count);
    header->width = info.image_width;
    header->height = info.image_height;
    header->is_gray = info.jpeg_color_space == JCS_GRAYSCALE;
    header->has_luma = info.jpeg_color_space == JCS_YCbCr || info.jpeg_color_space == JCS_RGB;
    // a bit for each block of 64 pixels, of which arithmetic coding may save most
    header->least_bytes = (uint64_t)info.image_width * info.image_height / 4096;
    jpeg_destroy_decompress(&info);
    return 0;
}

// What is left of a color where black covers it. Adobe's files hold 255 minus the ink.
static void to_rgb(const uint8_t *inks, uint8_t *rgb, size_t width, int is_inverted) {
    for (size_t i = 0; i < width; i++) {
        const unsigned white = is_inverted ? inks[4 * i + 3] : 255u - inks[4 * i + 3];
        for (size_t c = 0; c < 3; c++) {
            const unsigned color = is_inverted ? inks[4 * i + c] : 255u - inks[4 * i + c];
            rgb[3 * i + c] = (uint8_t)((color * white + 127) / 255);
        }
    }
}

int lockstep_jpeg_decode(const uint8_t *bytes, size_t count, int eighths, int channels, uint8_t *pixels, size_t capacity,
                         char *message) {
    struct jpeg_decompress_struct info;
    struct jpeg_progress_mgr progress;
    struct errors errors;
    memset(&info, 0, sizeof info);
    set_handlers(&errors, message);
    info.err = &errors.base;
    if (setjmp(errors.caller)) {
        jpeg_destroy_decompress(&info);
        return 1;
    }
    begin(&info, &progress, bytes, count);
    const int has_inks = info.jpeg_color_space == JCS_CMYK || info.jpeg_color_space == JCS_YCCK;
    info.out_color_space = has_inks ? JCS_CMYK : channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
    info.scale_num = (unsigned)eighths;
    info.scale_denom = 8;
    jpeg_start_decompress(&info);
    const size_t width = info.output_width, height = info.output_height, row = width * (size_t)channels;
    if ((has_inks && channels != 3) || info.output_components != (has_inks ? 4 : channels) || row * height != capacity) {
        snprintf(message, LOCKSTEP_IMAGE_MESSAGE, "%zux%zu pixels of %d components in place of %zu bytes", width, height,
                 info.output_components, capacity);
        jpeg_destroy_decompress(&info);
        return 1;
    }
    JSAMPROW inks = has_inks ? info.mem->alloc_large((j_common_ptr)&info, JPOOL_IMAGE, 4 * width) : NULL;
    while (info.output_scanline < height) {
        uint8_t *target = pixels + info.output_scanline * row;
        JSAMPROW rows[1] = {has_inks ? inks : target};
        if (jpeg_read_scanlines(&info, rows, 1) != 1) continue;
        if (has_inks) to_rgb(inks, target, width, info.saw_Adobe_marker);
    }
    jpeg_finish_decompress(&info);
    jpeg_destroy_decompress(&info);
    return 0;
}
