/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnArena: where each tensor of a program lies in one block of memory, found from when it lives. */
#pragma once

#include "ops/tn-op.h"

G_BEGIN_DECLS

typedef struct
{
  TnTensorId root; /* itself, or the tensor whose memory it is another shape of */
  int block;       /* into blocks; -1: a constant, or never used */
} TnPlace;

/* Memory that one tensor after the other may live in (in-place results). Calls are numbered from 0;
 * -1 is before the first, n_calls after the last. */
typedef struct
{
  guint64 offset;
  guint64 bytes; /* rounded up to TN_ALIGNMENT */
  int first;     /* call that writes it first; -1 for inputs */
  int last;      /* call that reads it last */
} TnBlock;

typedef struct
{
  TnPlace *places; /* by tensor */
  TnBlock *blocks;
  guint n_blocks;
  guint64 bytes; /* of the whole arena; G_MAXUINT64 when it cannot be counted */
} TnArena;

/* @kept: tensors that must still be there after the last call. Blocks are laid by size, largest
 * first, each into the smallest gap that is free while it lives. */
TnArena *tn_arena_new (const TnProgram *program, const TnTensorId *kept, guint n_kept);
void tn_arena_free (TnArena *arena);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TnArena, tn_arena_free)

/* A line a tensor: number, offset, bytes, first and last call, shape and where it comes from. */
void tn_arena_dump (const TnArena *arena, const TnProgram *program, GString *text);

G_END_DECLS
