/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnTensor: counted, aligned memory with a shape. */
#include "tensor/tn-tensor.h"

#include <stdlib.h>
#include <string.h>

#define ALIGNMENT 64

struct _TnTensor
{
  gatomicrefcount ref_count;
  TnDType dtype;
  TnShape shape;
  gsize elements;
  gpointer data; /* owned, from aligned_alloc () */
};

TnTensor *
tn_tensor_new (TnDType dtype, const TnShape *shape)
{
  gint64 elements = tn_shape_elements (shape, 0);
  TnTensor *tensor;
  gsize bytes;
  gpointer data;

  g_return_val_if_fail (tn_shape_is_full (shape, 0), NULL);
  if (elements < 0 || (guint64)elements > (G_MAXSSIZE - ALIGNMENT) / tn_dtype_size (dtype))
    return NULL;
  bytes = (gsize)elements * tn_dtype_size (dtype);
  bytes = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  data = aligned_alloc (ALIGNMENT, MAX (bytes, ALIGNMENT));
  if (data == NULL)
    return NULL;
  memset (data, 0, MAX (bytes, ALIGNMENT));

  tensor = g_new0 (TnTensor, 1);
  g_atomic_ref_count_init (&tensor->ref_count);
  tensor->dtype = dtype;
  tensor->shape = *shape;
  tensor->elements = (gsize)elements;
  tensor->data = data;
  return tensor;
}

TnTensor *
tn_tensor_ref (TnTensor *tensor)
{
  g_return_val_if_fail (tensor != NULL, NULL);
  g_atomic_ref_count_inc (&tensor->ref_count);
  return tensor;
}

void
tn_tensor_unref (TnTensor *tensor)
{
  if (tensor == NULL || !g_atomic_ref_count_dec (&tensor->ref_count))
    return;
  free (tensor->data);
  g_free (tensor);
}

TnDType
tn_tensor_dtype (const TnTensor *tensor)
{
  return tensor->dtype;
}

const TnShape *
tn_tensor_shape (const TnTensor *tensor)
{
  return &tensor->shape;
}

gsize
tn_tensor_elements (const TnTensor *tensor)
{
  return tensor->elements;
}

gsize
tn_tensor_bytes (const TnTensor *tensor)
{
  return tensor->elements * tn_dtype_size (tensor->dtype);
}

gpointer
tn_tensor_data (TnTensor *tensor)
{
  return tensor->data;
}

float *
tn_tensor_floats (TnTensor *tensor)
{
  g_assert (tensor->dtype == TN_DTYPE_FLOAT32);
  return tensor->data;
}
