/* The plain instructions of the RP2040's first core, run quickly.

   Only what touches registers, flags, ROM, flash, RAM and the integer divider is done here.
   At anything else (a peripheral, an exception's return, a barrier, a hint) it stops in front
   of the instruction, and rp2040py, whose registers and memory these are, executes that one.

   Sources: ARMv6-M Architecture Reference Manual, chapter A6; RP2040 datasheet, 2.3.1.5 (the
   divider).  Cycles are counted as rp2040py counts them, so that both can be compared. */

#include <stdint.h>
#include <string.h>

#define SP 13
#define LR 14
#define PC 15

#define ROM_BYTES 0x4000u
#define FLASH_BEGIN 0x10000000u
#define FLASH_BYTES 0x01000000u
#define RAM_BEGIN 0x20000000u
#define RAM_BYTES 0x00042000u
#define SIO_BEGIN 0xD0000000u

enum { CPUID = 0x00, UDIVIDEND = 0x60, UDIVISOR = 0x64, SDIVIDEND = 0x68, SDIVISOR = 0x6C,
       QUOTIENT = 0x70, REMAINDER = 0x74, DIVIDER_STATUS = 0x78 };
enum { READY = 1, DIRTY = 2 };

#define WATCHED_AT_MOST 4

enum { BUDGET_SPENT, NOT_PLAIN, WATCHED };

struct cortex {
    uint32_t *registers;
    const uint8_t *rom, *flash;
    uint8_t *ram;
    uint32_t negative, zero, carry, overflow;
    uint32_t dividend, divisor, quotient, remainder, divider_status;
    uint32_t watched[WATCHED_AT_MOST], passed; /* passed: already told of this one */
    uint32_t reason;
};

static inline const uint8_t *readable(const struct cortex *m, uint32_t address, uint32_t bytes)
{
    if (address & (bytes - 1))
        return 0;
    if (address - RAM_BEGIN <= RAM_BYTES - bytes)
        return m->ram + (address - RAM_BEGIN);
    if (address - FLASH_BEGIN <= FLASH_BYTES - bytes)
        return m->flash + (address - FLASH_BEGIN);
    if (address <= ROM_BYTES - bytes)
        return m->rom + address;
    return 0;
}

static inline uint8_t *writable(const struct cortex *m, uint32_t address, uint32_t bytes)
{
    if (address & (bytes - 1) || address - RAM_BEGIN > RAM_BYTES - bytes)
        return 0;
    return m->ram + (address - RAM_BEGIN);
}

static inline uint32_t word_at(const uint8_t *at)
{
    uint32_t word;
    memcpy(&word, at, 4);
    return word;
}

static inline uint16_t half_at(const uint8_t *at)
{
    uint16_t half;
    memcpy(&half, at, 2);
    return half;
}

/* Divide as the hardware does, by zero too. */
static void divided(struct cortex *m, int is_signed)
{
    uint32_t a = m->dividend, b = m->divisor;
    int minus_a = is_signed && a >> 31, minus_b = is_signed && b >> 31;
    uint32_t size_a = minus_a ? -a : a, size_b = minus_b ? -b : b;
    uint32_t quotient = size_b ? size_a / size_b : 0xFFFFFFFFu;
    uint32_t remainder = size_b ? size_a % size_b : size_a;
    if (!size_b && is_signed)
        quotient = 1, minus_a = !minus_a, minus_b = 0;
    m->quotient = minus_a != minus_b ? -quotient : quotient;
    m->remainder = is_signed && a >> 31 ? -remainder : remainder;
}

/* Read a register of the single-cycle block.  Returns cycles, or 0 if rp2040py must do it. */
static int sio_read(struct cortex *m, uint32_t offset, uint32_t *value)
{
    switch (offset) {
    case CPUID: *value = 0; return 1;
    case UDIVIDEND:
    case SDIVIDEND: *value = m->dividend; return 1;
    case UDIVISOR:
    case SDIVISOR: *value = m->divisor; return 1;
    case REMAINDER: *value = m->remainder; return 1;
    case DIVIDER_STATUS: *value = READY | m->divider_status; return 1;
    case QUOTIENT:
        *value = m->quotient;
        m->divider_status = 0;
        return 1;
    }
    return 0;
}

static int sio_write(struct cortex *m, uint32_t offset, uint32_t value)
{
    switch (offset) {
    case UDIVIDEND:
    case SDIVIDEND: m->dividend = value; break;
    case UDIVISOR:
    case SDIVISOR: m->divisor = value; break;
    case QUOTIENT: m->quotient = value; break;
    case REMAINDER: m->remainder = value; break;
    default: return 0;
    }
    if (offset < QUOTIENT)
        divided(m, offset >= SDIVIDEND);
    m->divider_status = DIRTY;
    return 1;
}

static inline uint32_t logical(struct cortex *m, uint32_t result)
{
    m->negative = result >> 31;
    m->zero = result == 0;
    return result;
}

static inline uint32_t sum(struct cortex *m, uint32_t a, uint32_t b, uint32_t carry)
{
    uint64_t wide = (uint64_t)a + b + carry;
    uint32_t result = (uint32_t)wide;
    m->carry = wide >> 32;
    m->overflow = (~(a ^ b) & (a ^ result)) >> 31;
    return logical(m, result);
}

static inline uint32_t difference(struct cortex *m, uint32_t a, uint32_t b)
{
    return sum(m, a, ~b, 1);
}

static inline int holds(const struct cortex *m, uint32_t condition)
{
    int claim = 0;
    switch (condition >> 1) {
    case 0: claim = m->zero; break;
    case 1: claim = m->carry; break;
    case 2: claim = m->negative; break;
    case 3: claim = m->overflow; break;
    case 4: claim = m->carry && !m->zero; break;
    case 5: claim = m->negative == m->overflow; break;
    case 6: claim = m->negative == m->overflow && !m->zero; break;
    }
    return claim != (int)(condition & 1);
}

static uint32_t shifted_left(struct cortex *m, uint32_t value, uint32_t by)
{
    if (by == 0)
        return logical(m, value);
    m->carry = by <= 32 ? (value >> (32 - by)) & 1 : 0;
    return logical(m, by < 32 ? value << by : 0);
}

static uint32_t shifted_right(struct cortex *m, uint32_t value, uint32_t by)
{
    if (by == 0)
        return logical(m, value);
    m->carry = by <= 32 ? (value >> (by - 1)) & 1 : 0;
    return logical(m, by < 32 ? value >> by : 0);
}

static uint32_t shifted_right_signed(struct cortex *m, uint32_t value, uint32_t by)
{
    if (by == 0)
        return logical(m, value);
    if (by > 31) {
        m->carry = value >> 31;
        return logical(m, m->carry ? 0xFFFFFFFFu : 0);
    }
    m->carry = (value >> (by - 1)) & 1;
    return logical(m, (uint32_t)((int32_t)value >> by));
}

static uint32_t rotated(struct cortex *m, uint32_t value, uint32_t by)
{
    uint32_t result = by & 31 ? value >> (by & 31) | value << (32 - (by & 31)) : value;
    if (by)
        m->carry = result >> 31;
    return logical(m, result);
}

/* The sixteen operations on two low registers (A6, "Data processing").  Returns 1 if done. */
static inline void processed(struct cortex *m, uint32_t op)
{
    uint32_t *r = m->registers;
    uint32_t *rd = &r[op & 7], a = *rd, b = r[op >> 3 & 7];
    switch (op >> 6 & 15) {
    case 0: *rd = logical(m, a & b); break;
    case 1: *rd = logical(m, a ^ b); break;
    case 2: *rd = shifted_left(m, a, b & 255); break;
    case 3: *rd = shifted_right(m, a, b & 255); break;
    case 4: *rd = shifted_right_signed(m, a, b & 255); break;
    case 5: *rd = sum(m, a, b, m->carry); break;
    case 6: *rd = sum(m, a, ~b, m->carry); break;
    case 7: *rd = rotated(m, a, b & 255); break;
    case 8: logical(m, a & b); break;
    case 9: *rd = difference(m, 0, b); break;
    case 10: difference(m, a, b); break;
    case 11: sum(m, a, b, 0); break;
    case 12: *rd = logical(m, a | b); break;
    case 13: *rd = logical(m, a * b); break;
    case 14: *rd = logical(m, a & ~b); break;
    case 15: *rd = logical(m, ~b); break;
    }
}

/* Add, compare, move and branch with high registers.  Returns cycles, or 0 if not plain. */
static inline int high_registers(struct cortex *m, uint32_t op, uint32_t pc)
{
    uint32_t *r = m->registers;
    uint32_t rd = (op >> 4 & 8) | (op & 7), rm = op >> 3 & 15;
    uint32_t a = rd == PC ? pc + 4 : r[rd], b = rm == PC ? pc + 4 : r[rm];
    switch (op >> 8 & 3) {
    case 1:
        difference(m, a, b);
        return 1;
    case 3:
        if (b >> 28 == 15 || rm == PC)
            return 0; /* perhaps the return from an exception */
        if (op & 0x80)
            r[LR] = (pc + 2) | 1;
        r[PC] = b & ~1u;
        return 2;
    case 0:
        b += a;
        break;
    }
    if (rd == PC) {
        r[PC] = b & ~1u;
        return 2;
    }
    r[rd] = rd == SP ? b & ~3u : b;
    return 1;
}

static inline int loaded(struct cortex *m, uint32_t address, uint32_t bytes, int is_signed,
                         uint32_t *rt)
{
    const uint8_t *at = readable(m, address, bytes);
    if (!at)
        return bytes == 4 ? sio_read(m, address - SIO_BEGIN, rt) : 0;
    if (bytes == 4)
        *rt = word_at(at);
    else if (bytes == 2)
        *rt = is_signed ? (uint32_t)(int16_t)half_at(at) : half_at(at);
    else
        *rt = is_signed ? (uint32_t)(int8_t)*at : *at;
    return 2;
}

static inline int stored(struct cortex *m, uint32_t address, uint32_t bytes, uint32_t value)
{
    uint8_t *at = writable(m, address, bytes);
    if (!at)
        return bytes == 4 ? sio_write(m, address - SIO_BEGIN, value) : 0;
    memcpy(at, &value, bytes);
    return 2;
}

/* Load and store with a register as offset. */
static inline int by_register(struct cortex *m, uint32_t op)
{
    uint32_t *r = m->registers;
    uint32_t address = r[op >> 3 & 7] + r[op >> 6 & 7], *rt = &r[op & 7];
    switch (op >> 9 & 7) {
    case 0: return stored(m, address, 4, *rt);
    case 1: return stored(m, address, 2, *rt);
    case 2: return stored(m, address, 1, *rt);
    case 3: return loaded(m, address, 1, 1, rt);
    case 4: return loaded(m, address, 4, 0, rt);
    case 5: return loaded(m, address, 2, 0, rt);
    case 6: return loaded(m, address, 1, 0, rt);
    default: return loaded(m, address, 2, 1, rt);
    }
}

static int pushed(struct cortex *m, uint32_t op)
{
    uint32_t *r = m->registers, list = op & 0x1FF;
    uint32_t count = (uint32_t)__builtin_popcount(list), address = r[SP] - 4 * count;
    if (!writable(m, address, 4) || !writable(m, r[SP] - 4, 4))
        return count ? 0 : 1;
    r[SP] = address;
    for (uint32_t i = 0; i < 8; i++)
        if (list >> i & 1) {
            stored(m, address, 4, r[i]);
            address += 4;
        }
    if (list >> 8)
        stored(m, address, 4, r[LR]);
    return 1 + __builtin_popcount(list & 0xFF);
}

static int popped(struct cortex *m, uint32_t op)
{
    uint32_t *r = m->registers, list = op & 0xFF, address = r[SP], to;
    uint32_t count = (uint32_t)__builtin_popcount(list);
    if (!readable(m, address, 4) || !readable(m, address + 4 * count, 4))
        return 0;
    if (op & 0x100) {
        to = word_at(readable(m, address + 4 * count, 4));
        if (to >> 28 == 15)
            return 0;
        r[PC] = to & ~1u;
    }
    for (uint32_t i = 0; i < 8; i++)
        if (list >> i & 1) {
            r[i] = word_at(readable(m, address, 4));
            address += 4;
        }
    r[SP] = address + (op & 0x100 ? 4 : 0);
    return 1 + (int)count + (op & 0x100 ? 2 : 0);
}

static int many(struct cortex *m, uint32_t op)
{
    uint32_t *r = m->registers, *rn = &r[op >> 8 & 7], address = *rn, list = op & 0xFF;
    uint32_t count = (uint32_t)__builtin_popcount(list);
    if (!count || !writable(m, address, 4) || !writable(m, address + 4 * count - 4, 4))
        return 0; /* from flash or ROM it is rare enough */
    for (uint32_t i = 0; i < 8; i++)
        if (list >> i & 1) {
            if (op & 0x800)
                r[i] = word_at(readable(m, address, 4));
            else
                stored(m, address, 4, r[i]);
            address += 4;
        }
    if (!(list >> (op >> 8 & 7) & 1))
        *rn = address;
    return 1 + (int)count;
}

static inline int miscellaneous(struct cortex *m, uint32_t op)
{
    uint32_t *r = m->registers, *rd = &r[op & 7], b = r[op >> 3 & 7];
    switch (op >> 8 & 15) {
    case 0:
        r[SP] += op & 0x80 ? -((op & 0x7F) << 2) : (op & 0x7F) << 2;
        return 1;
    case 2:
        switch (op >> 6 & 3) {
        case 0: *rd = (uint32_t)(int16_t)b; break;
        case 1: *rd = (uint32_t)(int8_t)b; break;
        case 2: *rd = b & 0xFFFF; break;
        case 3: *rd = b & 0xFF; break;
        }
        return 1;
    case 4:
    case 5:
        return pushed(m, op);
    case 12:
    case 13:
        return popped(m, op);
    case 10:
        if ((op >> 6 & 3) == 0)
            *rd = __builtin_bswap32(b);
        else if ((op >> 6 & 3) == 1)
            *rd = (b & 0x00FF00FF) << 8 | (b >> 8 & 0x00FF00FF);
        else if ((op >> 6 & 3) == 3)
            *rd = (uint32_t)(int16_t)(uint16_t)((b & 0xFF) << 8 | (b >> 8 & 0xFF));
        else
            return 0;
        return 1;
    }
    return 0;
}

static inline int called(struct cortex *m, uint32_t op, uint32_t pc)
{
    const uint8_t *at = readable(m, pc + 2, 2);
    uint32_t low = at ? half_at(at) : 0, s = op >> 10 & 1;
    if (op >> 11 != 30 || (low & 0xD000) != 0xD000)
        return 0;
    uint32_t i1 = !((low >> 13 & 1) ^ s), i2 = !((low >> 11 & 1) ^ s);
    uint32_t offset = (s ? 0xFF000000u : 0) | i1 << 23 | i2 << 22 | (op & 0x3FF) << 12
                    | (low & 0x7FF) << 1;
    m->registers[LR] = (pc + 4) | 1;
    m->registers[PC] = pc + 4 + offset;
    return 3;
}

/* Execute one instruction.  Returns its cycles, or 0 (and changes nothing) if it is not plain. */
static inline int executed(struct cortex *m, uint32_t op, uint32_t pc)
{
    uint32_t *r = m->registers;
    uint32_t *rd = &r[op & 7], *r8 = &r[op >> 8 & 7], b = r[op >> 3 & 7];
    uint32_t imm5 = op >> 6 & 31, imm8 = op & 255;
    switch (op >> 11) {
    case 0: *rd = shifted_left(m, b, imm5); return 1;
    case 1: *rd = shifted_right(m, b, imm5 ? imm5 : 32); return 1;
    case 2: *rd = shifted_right_signed(m, b, imm5 ? imm5 : 32); return 1;
    case 3: {
        uint32_t operand = op & 0x400 ? op >> 6 & 7 : r[op >> 6 & 7];
        *rd = op & 0x200 ? difference(m, b, operand) : sum(m, b, operand, 0);
        return 1;
    }
    case 4: *r8 = logical(m, imm8); return 1;
    case 5: difference(m, *r8, imm8); return 1;
    case 6: *r8 = sum(m, *r8, imm8, 0); return 1;
    case 7: *r8 = difference(m, *r8, imm8); return 1;
    case 8:
        if (op & 0x400)
            return high_registers(m, op, pc);
        processed(m, op);
        return 1;
    case 9: return loaded(m, ((pc + 4) & ~3u) + (imm8 << 2), 4, 0, r8);
    case 10:
    case 11: return by_register(m, op);
    case 12: return stored(m, b + (imm5 << 2), 4, *rd);
    case 13: return loaded(m, b + (imm5 << 2), 4, 0, rd);
    case 14: return stored(m, b + imm5, 1, *rd);
    case 15: return loaded(m, b + imm5, 1, 0, rd);
    case 16: return stored(m, b + (imm5 << 1), 2, *rd);
    case 17: return loaded(m, b + (imm5 << 1), 2, 0, rd);
    case 18: return stored(m, r[SP] + (imm8 << 2), 4, *r8);
    case 19: return loaded(m, r[SP] + (imm8 << 2), 4, 0, r8);
    case 20: *r8 = ((pc + 4) & ~3u) + (imm8 << 2); return 1;
    case 21: *r8 = r[SP] + (imm8 << 2); return 1;
    case 22:
    case 23: return miscellaneous(m, op);
    case 24:
    case 25: return many(m, op);
    case 26:
    case 27:
        if ((op >> 8 & 15) >= 14)
            return 0;
        if (!holds(m, op >> 8 & 15))
            return 1;
        r[PC] = pc + 4 + (uint32_t)((int32_t)(int8_t)imm8 * 2);
        return 2;
    case 28:
        r[PC] = pc + 4 + (uint32_t)((int32_t)(op << 21) >> 20);
        return 2;
    default: return called(m, op, pc);
    }
}

static inline int is_watched(const struct cortex *m, uint32_t pc)
{
    for (int i = 0; i < WATCHED_AT_MOST; i++)
        if (pc == m->watched[i])
            return 1;
    return 0;
}

/* Run until the budget of cycles is spent, an instruction is not plain, or a watched address
   is reached.  Returns cycles. */
int64_t cortex_run(struct cortex *m, int64_t budget)
{
    uint32_t *r = m->registers;
    int64_t spent = 0;
    m->reason = BUDGET_SPENT;
    while (spent < budget) {
        uint32_t pc = r[PC] & ~1u;
        const uint8_t *at = readable(m, pc, 2);
        int cycles = 0;
        if (is_watched(m, pc) && !m->passed) {
            m->passed = 1;
            m->reason = WATCHED;
            break;
        }
        m->passed = 0;
        if (at) {
            uint32_t op = half_at(at);
            r[PC] = pc + 2;
            cycles = executed(m, op, pc);
        }
        if (!cycles) {
            r[PC] = pc;
            m->reason = NOT_PLAIN;
            break;
        }
        spent += cycles;
    }
    return spent;
}
