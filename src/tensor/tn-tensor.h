/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnTensor: dense row-major data with a dtype and concrete sizes; counted. */
#pragma once

#include "tensor/tn-dtype.h"
#include "tensor/tn-shape.h"

G_BEGIN_DECLS

/* Atomically counted. The data may be written by its one owner before it is shared. 64-byte
 * aligned. */
typedef struct _TnTensor TnTensor;

/* Zeros of @shape, which must be full; NULL when that much memory cannot be had. */
TnTensor *tn_tensor_new (TnDType dtype, const TnShape *shape);
TnTensor *tn_tensor_ref (TnTensor *tensor);
void tn_tensor_unref (TnTensor *tensor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TnTensor, tn_tensor_unref)

TnDType tn_tensor_dtype (const TnTensor *tensor);
const TnShape *tn_tensor_shape (const TnTensor *tensor);
gsize tn_tensor_elements (const TnTensor *tensor);
gsize tn_tensor_bytes (const TnTensor *tensor);
gpointer tn_tensor_data (TnTensor *tensor);
/* Asserts float32. */
float *tn_tensor_floats (TnTensor *tensor);

/* NumPy's .npy, version 1 to 3, C or Fortran order, little or big endian, read into row-major
 * order. Errors: TN_ERROR_IO, TN_ERROR_SYNTAX, TN_ERROR_UNSUPPORTED (dtype), TN_ERROR_MEMORY. */
TnTensor *tn_npy_read (const char *path, GError **error);
TnTensor *tn_npy_parse (GBytes *bytes, const char *path, GError **error);
gboolean tn_npy_write (TnTensor *tensor, const char *path, GError **error);

G_END_DECLS
