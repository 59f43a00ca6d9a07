/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of element types. */
#include "tensor/tn-dtype.h"

#include <string.h>

static const struct
{
  const char *name;
  gsize size;
} dtypes[] = {
  [TN_DTYPE_FLOAT32] = { "float32", 4 }, [TN_DTYPE_FLOAT64] = { "float64", 8 },
  [TN_DTYPE_INT32] = { "int32", 4 },     [TN_DTYPE_INT64] = { "int64", 8 },
  [TN_DTYPE_UINT8] = { "uint8", 1 },     [TN_DTYPE_BOOL] = { "bool", 1 },
};

const char *
tn_dtype_name (TnDType dtype)
{
  return dtypes[dtype].name;
}

gboolean
tn_dtype_from_name (const char *name, TnDType *dtype)
{
  for (guint i = 0; i < G_N_ELEMENTS (dtypes); i++)
    if (strcmp (dtypes[i].name, name) == 0)
      {
        *dtype = (TnDType)i;
        return TRUE;
      }
  return FALSE;
}

gsize
tn_dtype_size (TnDType dtype)
{
  return dtypes[dtype].size;
}
