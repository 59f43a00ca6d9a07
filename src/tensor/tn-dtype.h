/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Element types of tensors, by Keras's names. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  TN_DTYPE_FLOAT32,
  TN_DTYPE_FLOAT64,
  TN_DTYPE_INT32,
  TN_DTYPE_INT64,
  TN_DTYPE_UINT8,
  TN_DTYPE_BOOL,
} TnDType;

/* "float32"…; static. */
const char *tn_dtype_name (TnDType dtype);
/* FALSE when no type is called @name. */
gboolean tn_dtype_from_name (const char *name, TnDType *dtype);
/* Bytes of one element. */
gsize tn_dtype_size (TnDType dtype);

G_END_DECLS
