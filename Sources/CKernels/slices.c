#include "CKernels.h"

void lockstep_slice_images(const float *in, const size_t in_size[3], const size_t start[3], const size_t stride[3],
                           const size_t size[3], size_t batch, int scatter, float *out) {
    for (size_t n = 0; n < batch; n++)
        for (size_t i = 0; i < size[0]; i++)
            for (size_t j = 0; j < size[1]; j++) {
                const size_t dense = ((n * size[0] + i) * size[1] + j) * size[2];
                const size_t row = n * in_size[0] + start[0] + i * stride[0];
                const size_t sparse = (row * in_size[1] + start[1] + j * stride[1]) * in_size[2] + start[2];
                const float *from = in + (scatter ? dense : sparse);
                float *to = out + (scatter ? sparse : dense);
                const size_t from_step = scatter ? 1 : stride[2], to_step = scatter ? stride[2] : 1;
                if (from_step == 1 && to_step == 1)
                    for (size_t k = 0; k < size[2]; k++) to[k] = from[k];
                else
                    for (size_t k = 0; k < size[2]; k++) to[k * to_step] = from[k * from_step];
            }
}
